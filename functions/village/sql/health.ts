import type { NearRow, NearSearch } from '../../memory/health/find-twins.ts';
import type { HealthRule } from '../../memory/health/health.ts';
import type { UnusedPage } from '../../memory/health/unused-page.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { UsedStatement } from '../health.ts';
import { COLUMNS } from './statement.ts';

/**
 * The caller's own statements that are not merged, as `k` with their uses `u`: the searches that showed them or what
 * was merged into them.
 */
const OWN = `(with recursive member as (
    select s.id, s.id as root from village_knowledge s
    where s.tenant_id = current_tenant_id() and s.user_id = current_user_id() and s.merged_into is null
    union
    select s.id, b.root from member b
    join village_knowledge s on s.tenant_id = current_tenant_id() and s.merged_into = b.id
  )
  select b.root, sum(s.access_count)::integer as uses, max(s.last_accessed_at) as last_used_at
  from member b join village_knowledge s on s.id = b.id group by b.root) u
  join village_knowledge k on k.tenant_id = current_tenant_id() and k.id = u.root`;
const isStale = (days: string) =>
  `greatest(k.created_at, u.last_used_at) < now() - make_interval(days => ${days}::integer)`;
const isRare = (uses: string, days: string) =>
  `u.uses <= ${uses} and k.created_at < now() - make_interval(days => ${days}::integer)`;

/** Counts the caller's own statements, and those of them that are stale or rarely used. */
export async function countStatementHealth(
  queryable: Queryable,
  rule: HealthRule,
): Promise<{ facts: number; stale: number; rarely_used: number }> {
  const [row] = await queryable.query<{ facts: number; stale: number; rarely_used: number }>({
    name: 'count_village_health',
    text: `select count(*)::integer as facts, (count(*) filter (where ${isStale('$1')}))::integer as stale,
        (count(*) filter (where ${isRare('$2', '$3')}))::integer as rarely_used from ${OWN}`,
    values: [rule.staleDays, rule.fewUses, rule.graceDays],
  });
  return row ?? { facts: 0, stale: 0, rarely_used: 0 };
}

/** $1 is the acting agent of COLUMNS: none, because the user reads. */
const USED = `select ${COLUMNS}, u.uses, u.last_used_at from ${OWN}`;
const IN_ORDER = `($2::timestamptz is null or (k.created_at, k.id) > ($2, $3)) order by k.created_at, k.id limit $4`;
const valuesOf = ({ after, limit }: UnusedPage) => [null, after?.created_at, after?.id ?? '', limit];

/** Lists the caller's own statements that no search showed for some days, the oldest first. */
export async function listStaleStatements(
  queryable: Queryable,
  rule: HealthRule,
  page: UnusedPage,
): Promise<UsedStatement[]> {
  return queryable.query<UsedStatement>({
    name: 'list_stale_village_statements',
    text: `${USED} where ${isStale('$5')} and ${IN_ORDER}`,
    values: [...valuesOf(page), rule.staleDays],
  });
}

/** Lists the caller's own statements that few searches showed, the oldest first. */
export async function listRareStatements(
  queryable: Queryable,
  rule: HealthRule,
  page: UnusedPage,
): Promise<UsedStatement[]> {
  return queryable.query<UsedStatement>({
    name: 'list_rare_village_statements',
    text: `${USED} where ${isRare('$5', '$6')} and ${IN_ORDER}`,
    values: [...valuesOf(page), rule.fewUses, rule.graceDays],
  });
}

/** Returns these statements of the caller with their uses, those that are not merged, in any order. */
export async function listUsedStatements(queryable: Queryable, ids: readonly string[]): Promise<UsedStatement[]> {
  return queryable.query<UsedStatement>({
    name: 'list_used_village_statements',
    text: `${USED} where k.id = any ($2)`,
    values: [null, ids],
  });
}

/**
 * Lists the newest of the caller's own statements, each with the nearest newer ones of the same agent and readers.
 * Compares their vectors exactly, as those of facts.
 */
export async function listNearOwnStatements(queryable: Queryable, search: NearSearch): Promise<NearRow[]> {
  return queryable.query<NearRow>({
    name: 'list_near_own_village_statements',
    text: `with own as materialized (
        select n.id, n.content, n.embedder, l2_normalize(n.embedding) as embedding, row_number() over (order by n.id) as number,
          dense_rank() over (order by n.agent_id, n.realm, n.sides, n.embedder) as place
        from (select k.id, k.content, k.agent_id, k.realm, k.sides, k.embedder, v.embedding
          from village_knowledge k join village_vectors v on v.statement_id = k.id
          where k.tenant_id = current_tenant_id() and k.user_id = current_user_id() and k.merged_into is null
          order by k.created_at desc, k.id desc limit $1) n
      )
      select a.id, a.content as text, a.embedder, coalesce(n.near, '[]') as near
      from own a cross join lateral (
        select json_agg(json_build_object('id', c.id, 'similarity', least(1, -c.distance))) as near
        from (select b.id, a.embedding <#> b.embedding as distance from own b
          where b.place = a.place and b.number > a.number order by distance, b.number limit $2) c) n`,
    values: [search.mostCompared, search.nearest],
  });
}

type MergeOutcome = 'merged' | 'missing' | 'forbidden' | 'unlike' | 'merged-before';

/** Merges a statement into another one, with the definer function `merge_village_statements`. */
export async function updateStatementMerged(
  queryable: Queryable,
  { keep, discard }: { keep: string; discard: string },
): Promise<MergeOutcome> {
  const [row] = await queryable.query<{ outcome: MergeOutcome }>({
    name: 'merge_village_statements',
    text: 'select merge_village_statements($1, $2) as outcome',
    values: [keep, discard],
  });
  return row?.outcome ?? 'missing';
}

/** Takes back a merge of the caller; false when there is none. Definer function `undo_village_merge`. */
export async function updateStatementMergeUndone(queryable: Queryable, id: string): Promise<boolean> {
  const [row] = await queryable.query<{ undone: boolean }>({
    name: 'undo_village_merge',
    text: 'select undo_village_merge($1) as undone',
    values: [id],
  });
  return row?.undone ?? false;
}
