import type { ModelMessage } from '../models/model.ts';
import { compact } from './compact.ts';
import { countMessages } from './message-tokens.ts';

/** The newest exchanges, whose results are cleared only when nothing else helps. */
const FRESH_EXCHANGES = 3;

/**
 * Shortens a conversation to at most `budget` tokens for a model that takes no more: clears the oldest tool results
 * first, then leaves out the oldest whole exchanges, then shortens the results that are left. The first message, which
 * has the task, the newest message of the user and the last exchange stay. A conversation that cannot be shortened
 * enough is returned as short as it gets.
 */
export function shortenHistory(
  messages: readonly ModelMessage[],
  budget: number,
  measure: (text: string) => number,
): ModelMessage[] {
  if (countMessages(messages, measure) <= budget) return [...messages];
  const shortened = compact({
    messages,
    budget,
    measure,
    strategy: 'clear_tool_results',
    keep: FRESH_EXCHANGES,
    isPinned: (message, index) => index === 0 && message.role === 'user',
  });
  // This strategy needs no model, so there is no plan.
  return shortened.status === 'summarise' ? [...messages] : shortened.messages;
}
