import type { Trust } from '../../entities/search/hit.ts';
import type { Queryable, Transaction } from '../../platform/database/database.ts';
import { SENTENCE_BM25 } from '../../platform/language/bm25.ts';
import type { AskedTerms } from '../../platform/language/read-question.ts';
import { FACT_CONFIDENCE } from '../confidence.ts';
import { flagsOf, type Memory, type MemoryScope, type SourceKind } from '../memory.ts';

/** All columns but the lexemes. */
const COLUMNS = `m.id, m.tenant_id, m.user_id, m.text, m.category, m.scope, m.scope_id, m.source, m.source_kind, m.source_id, m.author,
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

interface MemoryList {
  scope: MemoryScope | undefined;
  category: string | undefined;
  /** Lists the facts that were true at this time, by today's knowledge; left out: the facts that are true now. */
  asOf?: string | undefined;
  /** The last row of the previous page. */
  after: { created_at: string; id: string } | undefined;
  limit: number;
}

/** Returns the true facts that row-level security shows to the caller, newest first. */
export async function listMemories(queryable: Queryable, list: MemoryList): Promise<Memory[]> {
  return queryable.query<Memory>({
    name: 'list_memories',
    text: `select ${COLUMNS} from memories m
      where ($1::text is null or m.scope = $1) and ($2::text is null or m.category = $2)
        and case when $6::timestamptz is null then m.superseded_by is null and (m.valid_to is null or m.valid_to > now())
          else m.valid_from <= $6 and (m.valid_to is null or m.valid_to > $6) end
        and ($3::timestamptz is null or (m.created_at, m.id) < ($3, $4))
      order by m.created_at desc, m.id desc limit $5`,
    values: [list.scope, list.category, list.after?.created_at, list.after?.id ?? '', list.limit, list.asOf],
  });
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

export interface NewMemory {
  id: string;
  tenantId: string;
  userId: string;
  text: string;
  category: string;
  scope: MemoryScope;
  scopeId: string;
  source: string;
  sourceKind: SourceKind;
  sourceId: string | undefined;
  author: string;
  trust: Trust;
  confidence: number;
  embedding: number[];
  embedder: string;
  /** When the fact became true, ISO 8601; left out: now. A repeated fact keeps the earliest of these times. */
  validFrom?: string | undefined;
}

/**
 * Writes a fact once per scope. An advisory lock on the text makes concurrent writers of the same text wait for each
 * other's transactions. There are four cases:
 *
 * - the scope has the text with the same trust: the fact is reinforced, unless the same worker of the same run says it
 *   again, because a retry after a crash is no new evidence;
 * - a user says what their own run had learned: the row becomes trusted, with the user as its source;
 * - a run repeats a trusted fact: the row does not change, because a run must not change a trusted fact;
 * - otherwise a new row is inserted.
 *
 * Each case writes one line of evidence with the source; the same source a second time writes none.
 */
export async function insertMemory(
  transaction: Transaction,
  fact: NewMemory,
): Promise<{ memory: Memory; isNew: boolean }> {
  const rows = await transaction.queryAll([
    {
      name: 'lock_memory_text',
      text: `select pg_advisory_xact_lock(hashtextextended($1 || lower($2), 0))`,
      values: [`memory ${fact.tenantId} ${fact.scope} ${fact.scopeId} `, fact.text],
    },
    {
      name: 'insert_memory',
      text: `with same as materialized (
          select s.id, s.trust, s.confidence from memories s
          where s.tenant_id = $2 and s.scope = $6 and s.scope_id = $7 and md5(lower(s.text)) = md5(lower($4)) and s.superseded_by is null
            and (s.trust = 'trusted' or s.user_id = $3)
        ), trusted_already as (
          select ${COLUMNS} from memories m join same on same.id = m.id where same.trust = 'trusted' and $12 = 'untrusted'
        ), believed as (
          update memories m set trust = 'trusted', confidence = $13, source = $8, source_kind = $9, source_id = $10, author = $11,
            embedder = $14, updated_at = now()
          from same
          where same.id = m.id and same.trust = 'untrusted' and $12 = 'trusted' and not exists (select from same where trust = 'trusted')
          returning ${COLUMNS}
        ), written as (
          insert into memories as m (id, tenant_id, user_id, text, category, scope, scope_id, source, source_kind, source_id, author, trust,
            confidence, embedder, valid_from, flags)
          select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, coalesce($15::timestamptz, now()), $16::text[]
          where not exists (select from trusted_already) and not exists (select from believed)
          on conflict (tenant_id, scope, scope_id, (case trust when 'untrusted' then user_id else '' end), md5(lower(text)))
            where superseded_by is null
          do update set confidence = case when m.source_kind = 'run' and m.source_id = excluded.source_id and m.author = excluded.author
              then m.confidence else greatest(m.confidence, m.confidence + ($18::float8 - m.confidence) * $17::float8) end, embedder = excluded.embedder,
            valid_from = least(m.valid_from, excluded.valid_from), updated_at = now()
          returning ${COLUMNS}
        ), fact as (
          select * from trusted_already union all select * from believed union all select * from written
        ), noted as (
          insert into memory_evidence (tenant_id, user_id, memory_id, action, source_kind, source_id, author, confidence_before, confidence_after)
          select $2, $3, f.id, case when f.id = $1 then 'inserted' when exists (select from believed) then 'believed' else 'reinforced' end,
            $9, $10, $11, s.confidence, f.confidence
          from fact f left join same s on s.id = f.id
          where not exists (select from memory_evidence e where e.tenant_id = $2 and e.memory_id = f.id and e.source_id = $10 and e.author = $11)
        )
        select * from fact`,
      values: [
        fact.id,
        fact.tenantId,
        fact.userId,
        fact.text,
        fact.category,
        fact.scope,
        fact.scopeId,
        fact.source,
        fact.sourceKind,
        fact.sourceId,
        fact.author,
        fact.trust,
        fact.confidence,
        fact.embedder,
        fact.validFrom,
        flagsOf(fact.text),
        FACT_CONFIDENCE.reinforceRate,
        FACT_CONFIDENCE.cap,
      ],
    },
    {
      name: 'write_memory_vector',
      text: `insert into memory_vectors (tenant_id, memory_id, embedding)
        select m.tenant_id, m.id, $7::vector from memories m
        where m.tenant_id = $1 and m.scope = $3 and m.scope_id = $4 and md5(lower(m.text)) = md5(lower($5)) and m.superseded_by is null
          and m.trust = $6 and (m.trust = 'trusted' or m.user_id = $2) and m.embedder = $8
        on conflict (memory_id) do update set embedding = excluded.embedding where memory_vectors.embedding <> excluded.embedding`,
      values: [
        fact.tenantId,
        fact.userId,
        fact.scope,
        fact.scopeId,
        fact.text,
        fact.trust,
        toVector(fact.embedding),
        fact.embedder,
      ],
    },
  ]);
  // Cast: `queryAll` does not know the columns of each statement; this one returns COLUMNS, as `listMemories` does.
  const memory = rows[1]?.[0] as Memory | undefined;
  if (memory === undefined) throw new Error(`The fact ${fact.id} was neither written nor found`);
  return { memory, isNew: memory.id === fact.id };
}

/**
 * Deletes a fact with its vector: the caller's own, or any fact of the tenant for an admin. Uses the definer function
 * `delete_memory`, because row-level security hides other users' private facts from an admin's own statements.
 * `missing` also stands for a fact that the caller cannot see.
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
function toVector(vector: readonly number[]): string {
  return `[${vector.join(',')}]`;
}
