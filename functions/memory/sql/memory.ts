import type { Queryable } from '../../platform/database/database.ts';
import { SENTENCE_BM25 } from '../../platform/language/bm25.ts';
import type { AskedTerms } from '../../platform/language/read-question.ts';
import type { Memory, MemoryScope } from '../memory.ts';

/** The columns of a fact `m`, as `Memory` has them. */
export const COLUMNS = `m.id, m.tenant_id, m.user_id, m.text, m.category, m.scope, m.scope_id, m.source, m.source_kind, m.source_id, m.author,
  m.trust, m.flags, m.embedder, m.confidence, m.valid_from, m.valid_to, m.recorded_at, m.superseded_by, m.created_at, m.updated_at, m.metadata`;

interface MemorySearch extends AskedTerms {
  /** Left out: the search uses full text only. */
  embedding: number[] | undefined;
  embedder: string;
  vectorWeight: number;
  similarityFloor: number;
  limit: number;
  scope?: MemoryScope | undefined;
  /** Excludes facts of other runs. */
  runId?: string | undefined;
  /** Excludes facts of other workers. */
  worker?: string | undefined;
  /** Searches the facts that were true at this time; ISO 8601. */
  asOf?: string | undefined;
}

export interface ScoredMemoryRow extends Memory {
  score: number;
  text_score: number;
  vector_score: number;
  bm25: number;
  similarity: number | null;
  coverage: number;
}

/**
 * Returns the facts that match best, best first, the newest first on equal scores, without facts of score zero. The
 * definer function `search_memories` applies the visibility rules of the session's tenant and user itself; the join
 * reads the facts again under row-level security.
 */
export async function searchMemories(queryable: Queryable, search: MemorySearch): Promise<ScoredMemoryRow[]> {
  return queryable.query<ScoredMemoryRow>({
    name: 'search_memories',
    text: `select ${COLUMNS}, f.score, f.text_score, f.vector_score, f.bm25, f.similarity, f.coverage
      from search_memories($1, $2, $3, $4, $5::vector, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) f join memories m on m.id = f.memory_id
      order by f.score desc, m.created_at desc, m.id desc`,
    values: [
      search.words,
      search.terms,
      search.weights,
      search.languages,
      search.embedding === undefined ? undefined : toVector(search.embedding),
      search.embedder,
      search.vectorWeight,
      search.similarityFloor,
      search.limit,
      search.scope,
      search.runId,
      search.worker,
      search.asOf,
      SENTENCE_BM25.k1,
      SENTENCE_BM25.b,
    ],
  });
}

export interface MemoryFilter {
  scope: MemoryScope | undefined;
  category: string | undefined;
  /** All of these stand in the text; case is ignored. */
  words?: readonly string[] | undefined;
  /** Lists the facts that were true at this time, by today's knowledge; left out: the facts that are true now. */
  asOf?: string | undefined;
}

interface MemoryList extends MemoryFilter {
  /** The last row of the previous page. */
  after: { created_at: string; id: string } | undefined;
  limit: number;
}

const MATCHES = `m.tenant_id = current_tenant_id() and ($1::text is null or m.scope = $1)
    and ($2::text is null or m.category = $2) and is_true_at($3, m.valid_from, m.valid_to)
    and ($4::text[] is null or m.text ilike all ($4))`;
const LISTED = `select ${COLUMNS} from memories m
  where ${MATCHES} and ($5::timestamptz is null or (m.created_at, m.id) < ($5, $6))`;
/** The facts that others share with the caller. A subject reads nothing of them. */
const OF_OTHERS = 'm.user_id <> current_user_id() and not is_subject(current_user_id())';
const valuesOf = ({ scope, category, asOf, words }: MemoryFilter) => [scope, category, asOf, words?.map(toPattern)];

/** Returns the pattern of LIKE for a text that has the word anywhere. */
function toPattern(word: string): string {
  return `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`;
}

/**
 * Returns the true facts that row-level security shows to the caller, newest first. The caller's own facts and those
 * that others share are read in this order by an index each; a subject reads nothing of the second.
 */
export async function listMemories(queryable: Queryable, list: MemoryList): Promise<Memory[]> {
  return queryable.query<Memory>({
    name: 'list_memories',
    text: `select * from (${LISTED} and m.user_id = current_user_id()
        union all ${LISTED} and ${OF_OTHERS}) m
      order by m.created_at desc, m.id desc limit $7`,
    values: [...valuesOf(list), list.after?.created_at, list.after?.id ?? '', list.limit],
  });
}

/** Counts the facts that {@link listMemories} returns on all pages together, up to `most`. */
export async function countMemories(queryable: Queryable, filter: MemoryFilter, most: number): Promise<number> {
  const [row] = await queryable.query<{ facts: number }>({
    name: 'count_memories',
    text: `select count(*)::integer as facts from (
        select from memories m where ${MATCHES} and (m.user_id = current_user_id() or (${OF_OTHERS})) limit $5) f`,
    values: [...valuesOf(filter), most],
  });
  return row?.facts ?? 0;
}

/**
 * Returns a fact, superseded or not, that row-level security shows to the caller and that had become true by `asOf`.
 */
export async function findMemory(queryable: Queryable, id: string, asOf?: string): Promise<Memory | undefined> {
  const [memory] = await queryable.query<Memory>({
    name: 'find_memory',
    text: `select ${COLUMNS} from memories m
      where m.tenant_id = current_tenant_id() and m.id = $1 and ($2::timestamptz is null or m.valid_from <= $2)`,
    values: [id, asOf],
  });
  return memory;
}

/** Returns the facts with these ids that row-level security shows to the caller, in any order. */
export async function listMemoriesByIds(queryable: Queryable, ids: readonly string[]): Promise<Memory[]> {
  return queryable.query<Memory>({
    name: 'list_memories_by_ids',
    text: `select ${COLUMNS} from memories m where m.tenant_id = current_tenant_id() and m.id = any ($1)`,
    values: [ids],
  });
}

/**
 * Returns the facts that were true at a time in the chains of the given facts, and that row-level security shows to the
 * caller. Definer function `list_chain_facts`.
 */
export async function listChainFacts(queryable: Queryable, ids: readonly string[], at: string): Promise<Memory[]> {
  return queryable.query<Memory>({
    name: 'list_chain_facts',
    text: `select ${COLUMNS} from list_chain_facts($1, $2) c join memories m on m.id = c`,
    values: [ids, at],
  });
}

/**
 * Returns the facts that share a chain with a fact, itself included, by the time since when each is true, newest first;
 * then those that were merged into it. Each with the fact that its user merged it into. Empty for a fact that the
 * caller cannot see. Definer function `list_fact_versions`.
 */
export async function listFactVersions(
  queryable: Queryable,
  id: string,
  limit: number,
): Promise<(Memory & { merged_into: string | null })[]> {
  return queryable.query<Memory & { merged_into: string | null }>({
    name: 'list_fact_versions',
    text: `select ${COLUMNS}, case when exists (select from memory_evidence e where e.tenant_id = current_tenant_id()
          and e.memory_id = m.merged_into and e.other_id = m.id and e.action = 'merged') then m.merged_into end as merged_into
      from list_fact_versions($1) v join memories m on m.id = v
      order by m.merged_into is not null, m.valid_from desc, m.valid_to desc nulls first, m.id desc limit $2`,
    values: [id, limit],
  });
}

/**
 * Deletes a fact with its vector and the facts that were merged into it: the caller's own, or any fact of the tenant
 * for an admin. Uses the definer function `delete_memory`, because row-level security hides other users' private facts
 * from an admin's own statements. `missing` also stands for a fact that the caller cannot see.
 */
export async function deleteMemory(queryable: Queryable, id: string): Promise<'deleted' | 'forbidden' | 'missing'> {
  const [row] = await queryable.query<{ outcome: 'deleted' | 'forbidden' | 'missing' }>({
    name: 'delete_memory',
    text: 'select delete_memory($1) as outcome',
    values: [id],
  });
  return row?.outcome ?? 'missing';
}

/** Returns a vector in the text form of pgvector. */
export function toVector(vector: readonly number[]): string {
  return `[${vector.join(',')}]`;
}
