import type { CompactionInput, FallbackName } from '../compaction.ts';
import { clearToolResults } from './clear-tool-results.ts';
import { dropOldest } from './drop-oldest.ts';
import { shortenResults } from './shorten-results.ts';
import type { Strategy } from './strategy.ts';
import { structuredSummary, summary } from './summaries.ts';

/** The provider clears a quarter of the budget at a time, so that its cache holds for turns. */
const CLEARED_SHARE = 0.25;

/**
 * Leaves the conversation whole: the provider clears old tool results before the model reads them. Only Claude does so
 * and gives back a conversation that other models can read. OpenAI's compaction is an encrypted item that only its
 * Responses API takes, and our provider speaks the chat completions.
 */
const provider: Strategy = {
  name: 'provider',
  reduce(_, { input: { budget, keep, hasProviderEdits } }) {
    if (!hasProviderEdits) return { skip: 'not_available' };
    const clearAtLeast = Math.ceil(budget * CLEARED_SHARE);
    return { contextEdits: { clearToolResults: { trigger: Math.max(1, Math.floor(budget)), keep, clearAtLeast } } };
  },
};

const FALLBACKS: Record<FallbackName, readonly Strategy[]> = {
  drop_oldest: [dropOldest, shortenResults],
  clear_tool_results: [clearToolResults, dropOldest, shortenResults],
};

export function fallbackOf({ fallback = 'clear_tool_results' }: CompactionInput): FallbackName {
  return fallback;
}

/** Returns what is tried when the wanted strategy cannot help, in this order, until the conversation fits. */
export function fallbackLadder(input: CompactionInput): readonly Strategy[] {
  return FALLBACKS[fallbackOf(input)];
}

/** Returns what is tried for the wanted strategy. For `none` that is nothing. */
export function ladderOf(input: CompactionInput): readonly Strategy[] {
  switch (input.strategy) {
    case 'none':
      return [];
    case 'provider':
      return [provider, ...fallbackLadder(input)];
    case 'summary':
      return [summary, ...fallbackLadder(input)];
    case 'structured_summary':
      return [structuredSummary, ...fallbackLadder(input)];
    default:
      return FALLBACKS[input.strategy];
  }
}
