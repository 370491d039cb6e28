import type { ContextEdits } from '../context-edits.ts';
import type { Exchange, Frame } from '../draft.ts';
import { tokensOf } from '../draft.ts';
import type { Strategy } from './strategy.ts';

/** The provider clears a quarter of the budget at a time, so that its cache holds for turns. */
const CLEARED_SHARE = 0.25;
/** What the provider writes in place of a result. */
const PLACEHOLDER_TOKENS = 20;

/**
 * Leaves the conversation whole: the provider clears old tool results before the model reads them. Only Claude does so
 * and gives back a conversation that other models can read. OpenAI's compaction is an encrypted item that only its
 * Responses API takes, and our provider speaks the chat completions.
 */
export const provider: Strategy = {
  name: 'provider',
  reduce(draft, frame) {
    if (!frame.input.hasProviderEdits) return { skip: 'not_available' };
    const { old, kept } = splitResults(draft.exchanges, frame);
    const cleared = frame.sizeOf(old) - old.reduce((sum, { results }) => sum + results.length * PLACEHOLDER_TOKENS, 0);
    if (tokensOf(draft, frame) - cleared > frame.input.budget) return { skip: 'not_enough' };
    return { contextEdits: editsOf(frame.input.budget, kept.flatMap(({ results }) => results).length) };
  },
};

/** The provider knows no pinned messages, only how many results stay: those from the first pinned one on. */
function splitResults(exchanges: readonly Exchange[], { input }: Frame) {
  const resultsOf = (chosen: readonly Exchange[]) =>
    chosen
      .filter(({ state }) => state === 'kept')
      .flatMap(({ messages }) => messages.filter((message) => message.role === 'tool'));
  const fresh = Math.max(0, exchanges.length - Math.max(1, input.keep));
  const pinned = exchanges.findIndex((exchange) => exchange.isPinned && resultsOf([exchange]).length > 0);
  const end = pinned < 0 ? fresh : Math.min(fresh, pinned);
  return { old: resultsOf(exchanges.slice(0, end)), kept: resultsOf(exchanges.slice(end)) };
}

function editsOf(budget: number, keep: number): ContextEdits {
  const trigger = Math.max(1, Math.floor(budget));
  return { clearToolResults: { trigger, keep, clearAtLeast: Math.ceil(budget * CLEARED_SHARE) } };
}
