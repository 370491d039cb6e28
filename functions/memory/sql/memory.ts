import type { Trust } from '../../entities/search/hit.ts';
import type { Queryable, Transaction } from '../../platform/database/database.ts';
import { SENTENCE_BM25 } from '../../platform/language/bm25.ts';
import type { AskedTerms } from '../../platform/language/read-question.ts';
import { flagsOf } from '../facts/flag-instructions.ts';
import type { Memory, MemoryScope, SourceKind } from '../memory.ts';

/** Every column but the lexemes. */
const COLUMNS = `m.id, m.tenant_id, m.user_id, m.text, m.category, m.scope, m.scope_id, m.source, m.source_kind, m.source_id, m.author,
  m.trust, m.flags, m.embedder, m.confidence, m.valid_from, m.valid_to, m.recorded_at, m.superseded_by, m.created_at, m.updated_at, m.metadata`;

export interface MemorySearch extends AskedTerms {
  /** Undefined: by text alone. */
  embedding: number[] | undefined;
  embedder: string;
  vectorWeight: number;
  similarityFloor: number;
  limit: number;
  scope?: MemoryScope | undefined;
  /** Leaves out facts of other runs, and of other workers. */
  runId?: string | undefined;
  worker?: string | undefined;
  /** What was true then, not now; ISO 8601. */
  asOf?: string | undefined;
}

export interface FoundMemory extends Memory {
  score: number;
  text_score: number;
  vector_score: number;
  bm25: number;
  similarity: number | null;
  coverage: number;
}

/**
 * The facts that answer a question best, best first, newest first on ties; none that scores nothing. Goes through the definer function
 * `search_memories`, which sees what the scope's tenant and person may see; the join reads them again under row-level security.
 */
export async function searchMemories(queryable: Queryable, search: MemorySearch): Promise<FoundMemory[]> {
  return queryable.query<FoundMemory>({
    name: 'search_memories',
    text: `select ${COLUMNS}, f.score, f.text_score, f.vector_score, f.bm25, f.similarity, f.coverage
      from search_memories($1, $2, $3, $4::vector, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) f join memories m on m.id = f.memory_id
      order by f.score desc, m.created_at desc, m.id desc`,
    values: [
      search.words,
      search.terms,
      search.weights,
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

export interface MemoryList {
  scope: MemoryScope | undefined;
  category: string | undefined;
  /** What was true at this time, by what is known now; what is true and current if left out. */
  asOf?: string | undefined;
  /** The last row of the page before. */
  after: { created_at: string; id: string } | undefined;
  limit: number;
}

/** Facts that hold and that the caller may see (row-level security decides), newest first. */
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
  /** When it became true, ISO 8601; now if left out. The same fact again is true from the earliest. */
  validFrom?: string | undefined;
}

/**
 * Writes a fact once per scope. Writers of the same words wait for each other until their transactions end, so that the cases hold beside
 * each other, too:
 *
 * - the fact is there with the same trust: it is reinforced, a third of the way to certainty each time; not by the worker of the run that it came
 *   from, who says it again after a crash and knows no more than before;
 * - a person says what his own run had learned: that row becomes trusted, with the person as its source;
 * - a run repeats what is trusted already: the trusted row stays as it is, because a run may not move it;
 * - else it is a new row.
 *
 * Each leaves a line of evidence with its source; the same source a second time leaves none.
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
              then m.confidence else m.confidence + (1 - m.confidence) / 3 end, embedder = excluded.embedder,
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
  // The statement selects the columns of a Memory, as listMemories does.
  const memory = rows[1]?.[0] as Memory | undefined;
  if (memory === undefined) throw new Error('A fact was neither written nor found');
  return { memory, isNew: memory.id === fact.id };
}

/**
 * Removes a fact for good: one's own, or any of the tenant for an admin. Goes through the definer function `delete_memory`, because an admin's own
 * statements do not see another person's private facts. `missing` stands for every fact that the caller cannot see.
 */
export async function deleteMemory(queryable: Queryable, id: string): Promise<'deleted' | 'forbidden' | 'missing'> {
  const [row] = await queryable.query<{ outcome: 'deleted' | 'forbidden' | 'missing' }>({
    name: 'delete_memory',
    text: 'select delete_memory($1) as outcome',
    values: [id],
  });
  return row?.outcome ?? 'missing';
}

/** pgvector's text form. */
function toVector(vector: readonly number[]): string {
  return `[${vector.join(',')}]`;
}
