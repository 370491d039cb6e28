import { cutMiddle, cutText } from '../cut-text.ts';
import type { ModelMessage, ToolResult } from '../models/model.ts';

type Measure = (messages: readonly ModelMessage[]) => number;

/** The newest exchanges, whose results are shortened only when nothing else helps. */
const FRESH_EXCHANGES = 3;
/** What is left of a cleared result. */
const KEPT_CHARACTERS = 200;
/** Exchanges are cleared in groups, so that the beginning of the conversation stays the same, and cached, for turns. */
const GROUP = 4;

/**
 * An answer with the results of its calls, and the user's message before it. It stays together: no provider accepts a
 * call without its result or a result without its call.
 */
type Exchange = ModelMessage[];

/**
 * Shortens a conversation to at most `budget` tokens: clears the oldest tool results first, then leaves out the oldest
 * whole exchanges, then shortens the results that are left. Answers, their calls and signatures are never changed. The
 * first message, which has the task, and the last exchange stay. The result depends only on the arguments. A
 * conversation that cannot be shortened enough is returned as short as it gets.
 */
export function shortenHistory(messages: readonly ModelMessage[], budget: number, measure: Measure): ModelMessage[] {
  let total = measure(messages);
  if (total <= budget) return [...messages];
  const first = messages[0]?.role === 'user' ? messages.slice(0, 1) : [];
  const exchanges = toExchanges(messages.slice(first.length));

  const cleared = exchanges.length - FRESH_EXCHANGES;
  for (let start = 0; start < cleared && total > budget; start += GROUP) {
    for (let index = start; index < Math.min(cleared, start + GROUP); index += 1) {
      const before = exchanges[index] ?? [];
      const after = before.map((message) => withResults(message, clear));
      exchanges[index] = after;
      total += measure(after) - measure(before);
    }
  }
  let left = 0;
  while (total > budget && left < exchanges.length - 1) {
    total -= measure(exchanges[left] ?? []);
    left += 1;
  }
  const kept = exchanges.slice(left);
  if (total > budget) shortenResults(kept, budget / total);
  return [...noteOf(first, left), ...kept.flat()];
}

function toExchanges(messages: readonly ModelMessage[]): Exchange[] {
  const exchanges: Exchange[] = [];
  let previous: ModelMessage['role'] | undefined;
  for (const message of messages) {
    const starts = message.role === 'user' || (message.role === 'assistant' && previous !== 'user');
    if (starts || exchanges.length === 0) exchanges.push([message]);
    else exchanges.at(-1)?.push(message);
    previous = message.role;
  }
  return exchanges;
}

function withResults(message: ModelMessage, change: (result: ToolResult) => ToolResult): ModelMessage {
  return message.role === 'tool' ? { ...message, results: message.results.map(change) } : message;
}

function clear(result: ToolResult): ToolResult {
  if (result.output.length <= 2 * KEPT_CHARACTERS) return result;
  const start = cutText(result.output, KEPT_CHARACTERS);
  const removed = result.output.length - start.length;
  return {
    ...result,
    output: `${start}\n[${removed} more characters were removed to save room; call again if needed]`,
  };
}

/** Shortens the long results of the last exchanges in place, all by the same share. */
function shortenResults(exchanges: Exchange[], share: number): void {
  const shorten = (result: ToolResult): ToolResult => {
    const room = Math.max(KEPT_CHARACTERS, Math.floor(result.output.length * share * 0.9));
    if (result.output.length <= room) return result;
    const removed = result.output.length - room;
    return {
      ...result,
      output: `[${removed} characters in the middle were removed]\n${cutMiddle(result.output, room)}`,
    };
  };
  for (const [index, exchange] of exchanges.entries()) {
    exchanges[index] = exchange.map((message) => withResults(message, shorten));
  }
}

/** Tells the model in the first message that exchanges were left out. */
function noteOf(first: readonly ModelMessage[], left: number): ModelMessage[] {
  const [message] = first;
  if (left === 0 || message?.role !== 'user') return [...first];
  const note = `[The conversation is long: its first ${left} turns were left out.]`;
  return [{ ...message, text: `${message.text}\n\n${note}` }];
}
