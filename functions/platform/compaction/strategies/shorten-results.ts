import { cutMiddle } from '../../cut-text.ts';
import type { ModelMessage, ToolResult } from '../../models/model.ts';
import { fits, tokensOf, withMessages, withStep } from '../draft.ts';
import type { Strategy } from './strategy.ts';

/** The least that is left of a shortened result. */
const LEAST_CHARACTERS = 200;

/** The last resort: shortens the long results of what is left, all by the same share. Pinned exchanges stay whole. */
export const shortenResults: Strategy = {
  name: 'shorten_results',
  reduce(draft, frame) {
    let after = draft;
    let changed: number[] = [];
    // Escapes and notes take room as well, so one pass may not be enough.
    for (let share = 1, pass = 0; pass < MOST_PASSES && !fits(after, frame); pass += 1) {
      share *= (frame.input.budget / tokensOf(after, frame)) * 0.9;
      after = draft;
      changed = [];
      for (const { first, messages, isPinned, state } of draft.exchanges) {
        if (isPinned || state !== 'kept') continue;
        const shorter = messages.map((message) => withShorterResults(message, share));
        changed.push(...shorter.flatMap((message, index) => (message === messages[index] ? [] : [first + index])));
        after = withMessages(after, first, shorter);
      }
    }
    return { draft: withStep(frame, [draft, after], 'shorten_results', changed) };
  },
};

const MOST_PASSES = 8;

function withShorterResults(message: ModelMessage, share: number): ModelMessage {
  if (message.role !== 'tool') return message;
  const results = message.results.map((result) => shorten(result, share));
  return results.some((result, index) => result !== message.results[index]) ? { ...message, results } : message;
}

function shorten(result: ToolResult, share: number): ToolResult {
  const room = Math.max(LEAST_CHARACTERS, Math.floor(result.output.length * share));
  const removed = result.output.length - room;
  if (removed <= 0) return result;
  return { ...result, output: `[${removed} characters in the middle were removed]\n${cutMiddle(result.output, room)}` };
}
