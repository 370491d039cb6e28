import type { Queryable } from '../../platform/database/database.ts';
import type { NearRow, NearSearch } from '../health/find-twins.ts';
import type { HealthRule } from '../health/health.ts';
import type { UnusedPage } from '../health/unused-page.ts';
import type { Memory } from '../memory.ts';
import { COLUMNS } from './memory.ts';

export interface UsedMemoryRow extends Memory {
  uses: number;
  last_used_at: string | null;
}

/** The caller's own facts that are true now, as `m` with their uses `u`. Definer function `list_own_memory_uses`. */
const OWN = `list_own_memory_uses() u join memories m on m.tenant_id = current_tenant_id() and m.id = u.memory_id`;
const isStale = (days: string) =>
  `greatest(m.updated_at, u.last_used_at) < now() - make_interval(days => ${days}::integer)`;
const isRare = (uses: string, days: string) =>
  `u.uses <= ${uses} and m.created_at < now() - make_interval(days => ${days}::integer)`;

/** Counts the caller's own true facts, and those of them that are stale or rarely used. */
export async function countHealth(
  queryable: Queryable,
  rule: HealthRule,
): Promise<{ facts: number; stale: number; rarely_used: number }> {
  const [row] = await queryable.query<{ facts: number; stale: number; rarely_used: number }>({
    name: 'count_memory_health',
    text: `select count(*)::integer as facts, (count(*) filter (where ${isStale('$1')}))::integer as stale,
        (count(*) filter (where ${isRare('$2', '$3')}))::integer as rarely_used from ${OWN}`,
    values: [rule.staleDays, rule.fewUses, rule.graceDays],
  });
  return row ?? { facts: 0, stale: 0, rarely_used: 0 };
}

const IN_ORDER = `($1::timestamptz is null or (m.created_at, m.id) > ($1, $2)) order by m.created_at, m.id limit $3`;
const valuesOf = ({ after, limit }: UnusedPage) => [after?.created_at, after?.id ?? '', limit];
const USED = `select ${COLUMNS}, u.uses, u.last_used_at from ${OWN}`;

/** Lists the caller's own facts that nobody used, stated or changed for some days, the oldest first. */
export async function listStaleMemories(
  queryable: Queryable,
  rule: HealthRule,
  page: UnusedPage,
): Promise<UsedMemoryRow[]> {
  return queryable.query<UsedMemoryRow>({
    name: 'list_stale_memories',
    text: `${USED} where ${isStale('$4')} and ${IN_ORDER}`,
    values: [...valuesOf(page), rule.staleDays],
  });
}

/** Lists the caller's own facts that were rarely used, the oldest first. */
export async function listRareMemories(
  queryable: Queryable,
  rule: HealthRule,
  page: UnusedPage,
): Promise<UsedMemoryRow[]> {
  return queryable.query<UsedMemoryRow>({
    name: 'list_rare_memories',
    text: `${USED} where ${isRare('$4', '$5')} and ${IN_ORDER}`,
    values: [...valuesOf(page), rule.fewUses, rule.graceDays],
  });
}

/** Returns these facts of the caller with their uses, those that are true now, in any order. */
export async function listUsedMemories(queryable: Queryable, ids: readonly string[]): Promise<UsedMemoryRow[]> {
  return queryable.query<UsedMemoryRow>({
    name: 'list_used_memories',
    text: `${USED} where m.id = any ($1)`,
    values: [ids],
  });
}

/**
 * Lists the newest of the caller's own true facts, each with the nearest newer ones of its scope: those that the
 * caller did not call different, or for `areDismissed` the others. Compares the vectors exactly: those of 1,000 facts
 * take 0.5 s on one slow core. Numbers stand for ids and scopes in the comparison: Postgres stores those of long facts
 * out of line, and reading them for each pair took 7 s.
 */
export async function listNearMemories(
  queryable: Queryable,
  search: NearSearch,
  areDismissed = false,
): Promise<NearRow[]> {
  return queryable.query<NearRow>({
    name: 'list_near_memories',
    text: `with own as materialized (
        select n.id, n.text, n.embedder, l2_normalize(n.embedding) as embedding,
          row_number() over (order by n.id) as number, dense_rank() over (order by n.scope, n.scope_id, n.embedder) as place
        from (select m.id, m.text, m.scope, m.scope_id, m.embedder, v.embedding
          from memories m join memory_vectors v on v.memory_id = m.id
          where m.tenant_id = current_tenant_id() and m.user_id = current_user_id()
            and is_true_at(null, m.valid_from, m.valid_to)
          order by m.created_at desc, m.id desc limit $1) n
      )
      select a.id, a.text, a.embedder, coalesce(n.near, '[]') as near
      from own a cross join lateral (
        select json_agg(json_build_object('id', c.id, 'similarity', least(1, -c.distance))) as near
        from (select b.id, a.embedding <#> b.embedding as distance from own b
          where b.place = a.place and b.number > a.number order by distance, b.number limit $2) c
        where $3 = exists (select from memory_twin_dismissals d
          where d.tenant_id = current_tenant_id() and d.one = a.id and d.other = c.id)) n`,
    values: [search.mostCompared, search.nearest, areDismissed],
  });
}

/**
 * Closes a true fact of the caller, because another one says the same: that one replaces it from now on. Guarded:
 * returns false when one of the two is not true any more.
 */
export async function updateMemoryMerged(queryable: Queryable, id: string, into: string): Promise<boolean> {
  const rows = await queryable.query({
    name: 'update_memory_merged',
    text: `update memories set superseded_by = $2, merged_into = $2, valid_to = greatest(valid_from, now()), updated_at = now()
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1
        and is_true_at(null, valid_from, valid_to) and exists (select from memories k where k.tenant_id = current_tenant_id()
          and k.id = $2 and is_true_at(null, k.valid_from, k.valid_to))
      returning id`,
    values: [id, into],
  });
  return rows.length > 0;
}

/** Takes back a merge of the caller. Returns false for a fact that nobody merged. Definer `undo_memory_merge`. */
export async function updateMergeUndone(queryable: Queryable, id: string): Promise<boolean> {
  const [row] = await queryable.query<{ undone: boolean }>({
    name: 'undo_memory_merge',
    text: 'select undo_memory_merge($1) as undone',
    values: [id],
  });
  return row?.undone ?? false;
}
