import { droppable, fits, indicesOf, older, tokensOf, withState, withStep } from '../draft.ts';
import type { Strategy } from './strategy.ts';

/**
 * Exchanges are dropped until a multiple of this share of the budget is saved. So the beginning of the conversation
 * stays the same, and cached by the provider, until the conversation has grown by that much.
 */
const STEP = 0.25;
/** The note that says how much was left out. */
const NOTE_TOKENS = 40;

/** Drops the oldest whole exchanges. Not beyond the newest `keep`, unless the conversation would not fit. */
export const dropOldest: Strategy = {
  name: 'drop_oldest',
  reduce(draft, frame) {
    const { budget, keep } = frame.input;
    const candidates = droppable(draft);
    const step = Math.max(1, budget * STEP);
    const excess = tokensOf(draft, frame) + NOTE_TOKENS - budget;
    const wanted = Math.ceil(excess / step) * step;
    const mayStep = older(draft, keep).length;
    let saved = 0;
    let count = 0;
    for (const exchange of candidates) {
      if (saved >= (count < mayStep ? wanted : excess)) break;
      saved += frame.sizeOf(exchange.messages);
      count += 1;
    }
    let after = withState(draft, candidates.slice(0, count), 'dropped');
    for (; count < candidates.length && !fits(after, frame); count += 1) {
      after = withState(draft, candidates.slice(0, count + 1), 'dropped');
    }
    const dropped = candidates.slice(0, count);
    return { draft: withStep(frame, [draft, after], 'drop_oldest', indicesOf(dropped)) };
  },
};
