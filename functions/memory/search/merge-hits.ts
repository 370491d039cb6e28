import { estimateTokens } from '../../platform/models/estimate-tokens.ts';
import type { MemoryHit } from './hit.ts';

/** Estimates the tokens that a hit takes in a model's context: its text, and the caption of a picture. */
export function tokensOf(hit: MemoryHit): number {
  const caption = hit.kind === 'turn' ? (hit.caption ?? '') : '';
  return estimateTokens(hit.text + caption);
}

/**
 * Returns the best hits that fit into a token budget, in their order. A hit that does not fit is skipped, so smaller
 * ones after it may still fit.
 */
export function packHits(hits: readonly MemoryHit[], mostTokens: number): MemoryHit[] {
  let left = mostTokens;
  return hits.filter((hit) => {
    const tokens = tokensOf(hit);
    if (tokens > left) return false;
    left -= tokens;
    return true;
  });
}

/** Hits of one kind, best first, with the share of the query's terms that the best hit contains. */
export interface RankedHits {
  hits: readonly MemoryHit[];
  coverage: number;
}

/**
 * A list whose best hit covers few of the terms keeps this share of its scores, because other signals than words may
 * have found it.
 */
const LEAST_SHARE = 0.2;

/**
 * Merges hits of several kinds into one list, best first, the newest first on equal scores. Hits with the same text are
 * returned once, as the first of them. The scores of each list are relative to its own best hit; multiplying them by
 * that hit's coverage makes the lists comparable.
 */
export function mergeHits(lists: readonly RankedHits[]): MemoryHit[] {
  const best = Math.max(0, ...lists.filter(({ hits }) => hits.length > 0).map(({ coverage }) => coverage));
  const share = (coverage: number) => (best === 0 ? 1 : Math.max(coverage / best, LEAST_SHARE));
  const seen = new Set<string>();
  return lists
    .flatMap(({ hits, coverage }) => hits.map((hit) => ({ ...hit, score: hit.score * share(coverage) })))
    .sort((one, other) => other.score - one.score || timeOf(other).localeCompare(timeOf(one)))
    .filter(({ text }) => {
      const words = text.trim().toLowerCase();
      const isNew = words === '' || !seen.has(words);
      seen.add(words);
      return isNew;
    });
}

function timeOf(hit: MemoryHit): string {
  if (hit.kind === 'turn') return hit.said_at;
  return hit.kind === 'fact' ? hit.created_at : hit.valid_from;
}
