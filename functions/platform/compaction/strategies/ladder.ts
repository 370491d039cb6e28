import type { CompactionInput, FallbackName } from '../compaction.ts';
import { clearToolResults } from './clear-tool-results.ts';
import { dropOldest } from './drop-oldest.ts';
import { provider } from './provider.ts';
import { shortenResults } from './shorten-results.ts';
import type { Strategy } from './strategy.ts';
import { structuredSummary, summary } from './summaries.ts';

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
