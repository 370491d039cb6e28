import { type Conversation, endOf } from '../../entities/ingest/transcript.ts';
import { markedInstruction } from '../../platform/models/guard-answer.ts';
import { readPrompt } from '../../platform/models/read-prompt.ts';
import { showAsData } from '../../platform/models/show-as-data.ts';

/** What the caller asks: a query, or a conversation for which memory is searched. */
export type SearchInput = { query: string } | { conversation: Conversation };

/** The most characters of a conversation, from its end. */
const LONGEST_CONVERSATION = 12_000;

/**
 * Returns the system prompt of a search. It contains a marker by which `guardAnswer` detects an answer that repeats it.
 */
export async function systemPrompt(
  id: string,
  { today, asOf, turns }: { today: string; asOf: string | undefined; turns: number },
): Promise<string> {
  const past =
    asOf === undefined
      ? ''
      : ` The question is asked as of ${asOf}: you see memory as it was then, and "now" means then.`;
  const text = await readPrompt(new URL('./orchestrate.md', import.meta.url), {
    turns: String(turns),
    today,
    as_of: past,
  });
  return markedInstruction(text.trim(), id);
}

/** Returns the first message to the model: the query as data, and the result of the first search. */
export function firstMessage(input: SearchInput, found: string): string {
  const query =
    'query' in input
      ? `<question>\n${showAsData(input.query)}\n</question>`
      : `<conversation>\n${showAsData(endOf(input.conversation, LONGEST_CONVERSATION, true))}\n</conversation>\nWhat does memory know that this conversation needs now?`;
  return `${query}\n\nA first search for it found:\n${found}`;
}
