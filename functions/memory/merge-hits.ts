import { CHARACTERS_PER_TOKEN } from '../platform/models/estimate-tokens.ts';
import type { MemoryHit } from './hit.ts';

/** What a hit costs in a context: its text, and what a picture of it shows. */
export function tokensOf(hit: MemoryHit): number {
  const caption = hit.kind === 'turn' ? (hit.caption ?? '') : '';
  return Math.ceil((hit.text.length + caption.length) / CHARACTERS_PER_TOKEN);
}

/** The best hits that fit a budget of tokens together, in their order; one that does not fit leaves its place to smaller ones. */
export function packHits(hits: readonly MemoryHit[], mostTokens: number): MemoryHit[] {
  let left = mostTokens;
  return hits.filter((hit) => {
    const tokens = tokensOf(hit);
    if (tokens > left) return false;
    left -= tokens;
    return true;
  });
}

/** Hits of several kinds as one list, best first, newest first on ties; of the same words once, as the kind that comes first. */
export function mergeHits(lists: readonly { hits: readonly MemoryHit[]; coverage: number }[]): MemoryHit[] {
  const best = Math.max(0, ...lists.filter(({ hits }) => hits.length > 0).map(({ coverage }) => coverage));
  // Each list is scaled to its own best hit: how much of the question that hit covers makes the lists comparable.
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

/** A list whose best hit covers little still has its say: its signals may be others than words. */
const LEAST_SHARE = 0.2;

function timeOf(hit: MemoryHit): string {
  if (hit.kind === 'turn') return hit.said_at;
  return hit.kind === 'fact' ? hit.created_at : hit.valid_from;
}
