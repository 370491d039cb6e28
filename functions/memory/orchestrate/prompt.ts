import { readFile } from 'node:fs/promises';
import { type Conversation, endOf } from '../../entities/ingest/transcript.ts';
import { markedInstruction } from '../../platform/models/guard-answer.ts';
import { showAsData } from '../../platform/models/show-as-data.ts';

/** What is asked: a question, or a conversation that should know what memory holds. */
export type Asked = { query: string } | { conversation: Conversation };

/** Of a conversation: as much as says what it is about. */
const LONGEST_CONVERSATION = 12_000;

let promptText: Promise<string> | undefined;

/** The system instruction of a search; its marker tells when an answer repeats it. */
export async function instructionOf(
  id: string,
  { today, asOf, turns }: { today: string; asOf: string | undefined; turns: number },
): Promise<string> {
  // Read from beside this file's folder; the build copies it into the compiled tree.
  promptText ??= readFile(new URL('./orchestrate.md', import.meta.url), 'utf8');
  const past =
    asOf === undefined
      ? ''
      : ` The question is asked as of ${asOf}: you see memory as it was then, and "now" means then.`;
  const text = (await promptText).replace('{turns}', String(turns)).replace('{today}', today).replace('{as_of}', past);
  return markedInstruction(text.trim(), id);
}

/** What the model is asked first: the question as data, and what the first search found. */
export function openingText(asked: Asked, found: string): string {
  const question =
    'query' in asked
      ? `<question>\n${showAsData(asked.query)}\n</question>`
      : `<conversation>\n${showAsData(endOf(asked.conversation, LONGEST_CONVERSATION, true))}\n</conversation>\nWhat does memory know that this conversation needs now?`;
  return `${question}\n\nA first search for it found:\n${found}`;
}
