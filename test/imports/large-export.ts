import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const MESSAGES = 10;
const WORDS =
  'the agents of the village speak about gates, rivers and the price of tea while we read what they have said; ';

/** Writes a `conversations.json` of about this size. Returns how many conversations it has. */
export async function writeLargeExport(path: string, bytes: number): Promise<number> {
  let conversations = 0;
  const pieces = function* () {
    yield '[';
    for (let size = 0; size < bytes; conversations += 1) {
      const text = `${conversations === 0 ? '' : ','}\n${JSON.stringify(conversationOf(conversations))}`;
      size += text.length;
      yield text;
    }
    yield ']';
  };
  await pipeline(Readable.from(pieces()), createWriteStream(path));
  return conversations;
}

function conversationOf(number: number) {
  const startedAt = Date.UTC(2025, 0, 1) + number * 60_000;
  return {
    id: `conv_${number.toString(16).padStart(16, '0')}`,
    created_at: new Date(startedAt).toISOString().slice(0, -1),
    messages: Array.from({ length: MESSAGES }, (_, at) => ({
      role: at % 2 === 0 ? 'user' : 'assistant',
      content: `${number}.${at}: ${WORDS.repeat(10)}`,
      timestamp: new Date(startedAt + at * 1000).toISOString(),
    })),
    metadata: { tags: [`tag ${number % 7}`], favorite: number % 10 === 0, archived: number % 3 === 0 },
  };
}
