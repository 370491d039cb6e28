import type { Statement as SqlStatement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { SENTENCE_BM25 } from '../../platform/language/bm25.ts';
import type { AskedTerms } from '../../platform/language/read-question.ts';
import type { Realm, Statement, StatementSource } from '../statement.ts';

/**
 * The columns of a statement `k`, as `Statement` has them. $1 is the acting agent (is_heard_by), null for the user.
 * Row-level security removes ids that the user does not see.
 */
export const COLUMNS = `k.id, k.content, k.realm, k.category,
  (select jsonb_build_object('id', a.id, 'name', a.name, 'is_own', a.user_id = current_user_id())
    from village_agents a where a.id = k.agent_id) as agent,
  (select jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name) order by array_position(k.sides, a.id))
    from village_agents a where a.id = any (k.sides)) as sides,
  k.thread_id,
  array(select r.id from village_knowledge r where r.tenant_id = k.tenant_id and r.id = any (k.responding_to)
    and is_heard_by($1, r.realm, r.agent_id, r.sides) order by array_position(k.responding_to, r.id)) as responding_to,
  array(select a.id from village_agents a where a.id = any (k.related_agents)
    order by array_position(k.related_agents, a.id)) as related_agents,
  k.tags, jsonb_build_object('kind', k.source_kind, 'run_id', k.run_id) as source, k.created_at, k.access_count,
  k.last_accessed_at, k.merged_into`;

/** Which statements are wanted of those that the reader sees. */
export interface StatementFilter {
  /** The id of the agent that reads; '' for one that has said nothing yet; null for the user. */
  acting: string | null;
  realm?: Realm | undefined;
  agentId?: string | undefined;
  threadId?: string | undefined;
  category?: string | undefined;
  /** From this time on. */
  since?: string | undefined;
  /** Before this time. */
  until?: string | undefined;
}

interface Page {
  /** The last statement of the previous page. */
  after: { created_at: string; id: string } | undefined;
  limit: number;
}

const valuesOf = ({ acting, realm, agentId, threadId, category, since, until }: StatementFilter) => [
  acting,
  realm,
  agentId,
  threadId,
  category,
  since,
  until,
];

/** Lists statements, newest first, but those that were merged into another one. */
export async function listStatements(queryable: Queryable, filter: StatementFilter, page: Page): Promise<Statement[]> {
  return queryable.query<Statement>({
    name: 'list_village_statements',
    text: `select ${COLUMNS} from village_knowledge k
      where k.tenant_id = current_tenant_id() and k.merged_into is null and is_heard_by($1, k.realm, k.agent_id, k.sides)
        and ($2::text is null or k.realm = $2) and ($3::text is null or k.agent_id = $3)
        and ($4::text is null or k.thread_id = $4) and ($5::text is null or k.category = $5)
        and ($6::timestamptz is null or k.created_at >= $6) and ($7::timestamptz is null or k.created_at < $7)
        and ($8::timestamptz is null or (k.created_at, k.id) < ($8, $9))
      order by k.created_at desc, k.id desc limit $10`,
    values: [...valuesOf(filter), page.after?.created_at, page.after?.id, page.limit],
  });
}

/** Lists the statements of a thread that the current user sees, oldest first. */
export async function listThreadStatements(queryable: Queryable, threadId: string, page: Page): Promise<Statement[]> {
  return queryable.query<Statement>({
    name: 'list_village_thread_statements',
    text: `select ${COLUMNS} from village_knowledge k
      where k.tenant_id = current_tenant_id() and is_heard_by($1, k.realm, k.agent_id, k.sides) and k.thread_id = $2
        and ($3::timestamptz is null or (k.created_at, k.id) > ($3, $4))
      order by k.created_at, k.id limit $5`,
    values: [null, threadId, page.after?.created_at, page.after?.id, page.limit],
  });
}

/** Returns the statements with these ids that the reader sees, in any order. */
export async function listStatementsByIds(
  queryable: Queryable,
  ids: readonly string[],
  acting: string | null = null,
): Promise<Statement[]> {
  if (ids.length === 0) return [];
  return queryable.query<Statement>({
    name: 'list_village_statements_by_ids',
    text: `select ${COLUMNS} from village_knowledge k
      where k.tenant_id = current_tenant_id() and k.id = any ($2) and is_heard_by($1, k.realm, k.agent_id, k.sides)`,
    values: [acting, ids],
  });
}

interface StatementSearch extends AskedTerms, StatementFilter {
  /** Undefined to search by words only. */
  embedding: number[] | undefined;
  embedder: string;
  vectorWeight: number;
  similarityFloor: number;
  limit: number;
}

export interface ScoredStatementRow extends Statement {
  score: number;
  text_score: number;
  vector_score: number;
  bm25: number;
  similarity: number | null;
}

/**
 * Returns the statements that match best, best first. The definer function `search_village` applies the visibility
 * rules itself; the join reads the statements again under row-level security.
 */
export async function searchStatements(queryable: Queryable, search: StatementSearch): Promise<ScoredStatementRow[]> {
  const { words, terms, weights, languages, embedding, embedder, vectorWeight, similarityFloor, limit } = search;
  return queryable.query<ScoredStatementRow>({
    name: 'search_village',
    text: `select ${COLUMNS}, f.score, f.text_score, f.vector_score, f.bm25, f.similarity
      from search_village($8, $9, $10, $11, $12::vector, $13, $14, $15, $16, $1, $2, $3, $4, $5, $6, $7, $17, $18) f
      join village_knowledge k on k.id = f.statement_id
      order by f.score desc, k.created_at desc, k.id desc`,
    values: [
      ...valuesOf(search),
      words,
      terms,
      weights,
      languages,
      embedding && `[${embedding.join(',')}]`,
      embedder,
      vectorWeight,
      similarityFloor,
      limit,
      SENTENCE_BM25.k1,
      SENTENCE_BM25.b,
    ],
  });
}

/** Counts that a search has shown these statements. A row that another search counts at the moment is left out. */
export function countAccesses(ids: readonly string[]): SqlStatement {
  return {
    name: 'update_village_accesses',
    text: `update village_knowledge set access_count = access_count + 1, last_accessed_at = now()
      where id in (select k.id from village_knowledge k where k.tenant_id = current_tenant_id() and k.id = any ($1)
        for update skip locked)`,
    values: [ids],
  };
}

/** Returns the statement that a call of a tool made, or undefined. */
export async function findStatementOfCall(
  queryable: Queryable,
  callKey: string,
): Promise<{ id: string; threadId: string | null } | undefined> {
  const [row] = await queryable.query<{ id: string; threadId: string | null }>({
    name: 'find_village_statement_of_call',
    text: `select id, thread_id as "threadId" from village_knowledge
      where tenant_id = current_tenant_id() and call_key = $1`,
    values: [callKey],
  });
  return row;
}

export interface StatementRow {
  id: string;
  agentId: string;
  realm: Realm;
  sides: readonly string[] | null;
  readers: readonly string[] | null;
  content: string;
  category: string;
  threadId: string | undefined;
  respondingTo: readonly string[];
  relatedAgents: readonly string[];
  tags: readonly string[];
  source: { kind: StatementSource; runId?: string | undefined; callKey?: string | undefined };
  /** When it was said; undefined: now. */
  createdAt: string | undefined;
}

export async function insertStatement(queryable: Queryable, row: StatementRow): Promise<void> {
  const { source } = row;
  await queryable.query({
    name: 'insert_village_statement',
    text: `insert into village_knowledge (id, tenant_id, user_id, agent_id, realm, sides, readers, content, category,
        thread_id, responding_to, related_agents, tags, source_kind, run_id, call_key, created_at)
      values ($1, current_tenant_id(), current_user_id(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
        coalesce($15, now()))`,
    values: [
      row.id,
      row.agentId,
      row.realm,
      row.sides,
      row.readers,
      row.content,
      row.category,
      row.threadId,
      row.respondingTo,
      row.relatedAgents,
      row.tags,
      source.kind,
      source.runId,
      source.callKey,
      row.createdAt,
    ],
  });
}

/** Deletes a statement of the current user, with the SQL function `delete_village_statement`. */
export async function deleteStatement(queryable: Queryable, id: string): Promise<'deleted' | 'forbidden' | 'missing'> {
  const [row] = await queryable.query<{ outcome: 'deleted' | 'forbidden' | 'missing' }>({
    name: 'delete_village_statement',
    text: 'select delete_village_statement($1) as outcome',
    values: [id],
  });
  return row?.outcome ?? 'missing';
}
