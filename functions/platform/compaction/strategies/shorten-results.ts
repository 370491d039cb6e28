import { cutMiddle } from '../../cut-text.ts';
import type { ToolResult } from '../../models/model.ts';
import { fits, type ToolMessage, tokensOf, withResults, withStep } from '../draft.ts';
import type { Strategy } from './strategy.ts';

/** The least that is left of a shortened result. */
const LEAST_CHARACTERS = 200;

/** The last resort: shortens the long results of what is left, all by the same share. Pinned exchanges stay whole. */
export const shortenResults: Strategy = {
  name: 'shorten_results',
  reduce(draft, frame) {
    const chosen = draft.exchanges.filter(({ isPinned, state }) => state === 'kept' && !isPinned);
    let after: ReturnType<typeof withResults> = { draft, changed: [] };
    // Escapes and notes take room as well, so one pass may not be enough.
    for (let share = 1, pass = 0; pass < MOST_PASSES && !fits(after.draft, frame); pass += 1) {
      share *= (frame.input.budget / tokensOf(after.draft, frame)) * 0.9;
      after = withResults(draft, chosen, (message) => shortened(message, share));
    }
    return { draft: withStep(frame, [draft, after.draft], 'shorten_results', after.changed) };
  },
};

const MOST_PASSES = 8;

function shortened(message: ToolMessage, share: number): ToolMessage {
  const results = message.results.map((result) => shorten(result, share));
  return results.some((result, index) => result !== message.results[index]) ? { ...message, results } : message;
}

function shorten(result: ToolResult, share: number): ToolResult {
  const room = Math.max(LEAST_CHARACTERS, Math.floor(result.output.length * share));
  const removed = result.output.length - room;
  if (removed <= 0) return result;
  return { ...result, output: `[${removed} characters in the middle were removed]\n${cutMiddle(result.output, room)}` };
}
