import { type Correction, correctSpelling } from '../../entities/search/correct-spelling.ts';
import { findBlocks, findTurns } from '../../entities/search/find-hits.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { readQuestion } from '../../platform/language/read-question.ts';
import type { MemoryScope, ScoredMemory } from '../memory.ts';
import { findFactsByTerms } from './find-facts.ts';
import type { HitKind, MemoryHit } from './hit.ts';
import { mergeHits, packHits, type RankedHits } from './merge-hits.ts';
import type { SearchQuery } from './query.ts';

interface HitFilter {
  kinds: readonly HitKind[];
  /** Limits facts to one scope. Blocks and turns belong to a user, so any other scope than `user` excludes them. */
  scope?: MemoryScope | undefined;
  /** Excludes facts of other workers. */
  worker?: string;
  /** Excludes facts of other runs. */
  runId?: string;
  asOf?: string | undefined;
  limit: number;
  /** The most tokens of all hits together. */
  maxTokens?: number | undefined;
}

/**
 * Searches the facts, turns and blocks of the queryable's user. Returns one list, best first, the newest first on equal
 * scores, without hits of score zero. `corrected` lists the words that were taken for a misspelled name.
 */
export async function findHits(
  queryable: Queryable,
  query: SearchQuery,
  { kinds, asOf, limit, maxTokens, ...filter }: HitFilter,
): Promise<{ hits: MemoryHit[]; corrected: Correction[] }> {
  const { question: terms, corrected } = await correctSpelling(queryable, readQuestion(query.text));
  const includesOwn = filter.scope === undefined || filter.scope === 'user';
  const lists: RankedHits[] = [];
  if (kinds.includes('fact'))
    lists.push(toRankedHits(await findFactsByTerms(queryable, query, terms, { limit, asOf, ...filter })));
  if (kinds.includes('block') && includesOwn) lists.push(await findBlocks(queryable, terms, { limit, asOf }));
  if (kinds.includes('turn') && includesOwn) lists.push(await findTurns(queryable, terms, { limit, asOf }));
  const hits = mergeHits(lists).slice(0, limit);
  return { hits: maxTokens === undefined ? hits : packHits(hits, maxTokens), corrected };
}

function toRankedHits(facts: readonly ScoredMemory[]): RankedHits {
  return { hits: facts.map((fact) => ({ kind: 'fact', ...fact })), coverage: facts[0]?.why.coverage ?? 0 };
}
