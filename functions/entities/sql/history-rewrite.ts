import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { Owner } from './memory-object.ts';

/**
 * Statements of an erasure, which rewrites a branch from a position on. The transaction must hold the lock of the
 * repository.
 */

/**
 * Deletes the commits from a position on, with their changes and the blocks that they wrote. Blocks that they ended
 * become current again.
 */
export function deleteCommitsFrom(
  { tenantId, userId }: Owner,
  { position, at }: { position: number; at: string },
): Statement[] {
  return [
    {
      name: 'delete_memory_commits_from',
      text: 'delete from memory_commits where tenant_id = $1 and user_id = $2 and position >= $3',
      values: [tenantId, userId, position],
    },
    {
      name: 'delete_memory_changes_from',
      text: 'delete from memory_changes where tenant_id = $1 and user_id = $2 and position >= $3',
      values: [tenantId, userId, position],
    },
    {
      name: 'delete_memory_blocks_from',
      text: 'delete from memory_blocks where tenant_id = $1 and user_id = $2 and valid_from >= $3',
      values: [tenantId, userId, at],
    },
    {
      name: 'update_memory_blocks_reopened',
      text: 'update memory_blocks set valid_to = null where tenant_id = $1 and user_id = $2 and valid_to >= $3',
      values: [tenantId, userId, at],
    },
  ];
}

/**
 * Deletes the objects from a position on that the rewritten commits do not reach, and updates the position of the
 * others. Returns how many were deleted.
 * @param reached position of the first commit that contains an object, by object id
 */
export async function deleteUnreachedObjects(
  queryable: Queryable,
  { tenantId, userId }: Owner,
  { first, reached }: { first: number; reached: ReadonlyMap<string, number> },
): Promise<number> {
  const [row] = await queryable.query<{ count: number }>({
    name: 'delete_unreached_memory_objects',
    text: `with reached as materialized (select * from unnest($4::text[], $5::integer[]) as k (id, position)
      ), moved as (
        update memory_objects o set position = k.position from reached k
        where o.tenant_id = $1 and o.user_id = $2 and o.position >= $3 and o.id = k.id and o.position <> k.position
      ), gone as (
        delete from memory_objects o where o.tenant_id = $1 and o.user_id = $2 and o.position >= $3
          and not exists (select from reached k where k.id = o.id) returning 1
      )
      select count(*)::integer as count from gone`,
    values: [tenantId, userId, first, [...reached.keys()], [...reached.values()]],
  });
  return row?.count ?? 0;
}

/**
 * Replaces commit ids in jobs, change sets and consolidations. The plans of consolidations that worked on rewritten
 * commits are emptied: they quote blocks and reasons, which may be the erased words. Consolidations that are queued or
 * staged fail: their base does not exist any more.
 * @param ids new commit ids by old ones
 */
export function updateCommitIds({ tenantId, userId }: Owner, ids: ReadonlyMap<string, string>): Statement[] {
  const owner = [tenantId, userId];
  const [oldIds, newIds] = [[...ids.keys()], [...ids.values()]];
  const renamed = COMMIT_COLUMNS.map(([table, column]) => ({
    name: `update_${table}_${column}_rewritten`,
    text: `update ${table} t set ${column} = m.new_id from unnest($3::text[], $4::text[]) as m (old_id, new_id)
      where t.tenant_id = $1 and t.user_id = $2 and t.${column} = m.old_id`,
    values: [...owner, oldIds, newIds],
  }));
  return [
    {
      name: 'update_memory_consolidations_ended',
      text: `update memory_consolidations c set status = 'failed', lease_until = null, updated_at = now(),
          error = 'A source was erased meanwhile. Consolidate again.'
        where c.tenant_id = $1 and c.user_id = $2 and c.status in ('queued', 'staged')`,
      values: owner,
    },
    {
      name: 'update_memory_consolidation_plans_erased',
      text: `update memory_consolidation_steps s
        set plan = jsonb_build_object('proposer', s.plan -> 'proposer', 'operations', '[]'::jsonb, 'left', '[]'::jsonb, 'left_out', s.plan -> 'left_out')
        where s.tenant_id = $1 and s.user_id = $2 and (s.base_commit = any ($3) or s.commit_id = any ($3))`,
      values: [...owner, oldIds],
    },
    ...renamed,
  ];
}

/** The columns that contain a commit id, outside of the history itself. */
const COMMIT_COLUMNS = [
  ['memory_jobs', 'commit_id'],
  ['memory_change_sets', 'base_commit'],
  ['memory_consolidation_steps', 'base_commit'],
  ['memory_consolidation_steps', 'commit_id'],
  ['memory_consolidations', 'undo_commit'],
] as const;

/** Replaces the edits and shown files of change sets, and deletes job faults that contain one of the erased names. */
export function updateChangeSets(
  { tenantId, userId }: Owner,
  sets: readonly { sessionId: string; edits: unknown; shown: readonly string[] }[],
  erasedNames: readonly string[],
): Statement[] {
  return [
    {
      name: 'update_memory_change_sets_left',
      text: `update memory_change_sets s set edits = l.edits, shown = array(select jsonb_array_elements_text(l.shown))
        from unnest($3::text[], $4::jsonb[], $5::jsonb[]) as l (session_id, edits, shown)
        where s.tenant_id = $1 and s.user_id = $2 and s.session_id = l.session_id`,
      values: [
        tenantId,
        userId,
        sets.map(({ sessionId }) => sessionId),
        sets.map(({ edits }) => JSON.stringify(edits)),
        sets.map(({ shown }) => JSON.stringify(shown)),
      ],
    },
    {
      name: 'update_memory_job_faults_left',
      text: `update memory_jobs j set faults = (select coalesce(jsonb_agg(f), '[]') from jsonb_array_elements(j.faults) f
          where not exists (select from unnest($3::text[]) g where position(g in f::text) > 0))
        where j.tenant_id = $1 and j.user_id = $2 and exists (select from unnest($3::text[]) g where position(g in j.faults::text) > 0)`,
      values: [tenantId, userId, erasedNames],
    },
  ];
}

/** Counts the rows of blocks and changes, for the receipt of an erasure. */
export async function findHistoryCounts(
  queryable: Queryable,
): Promise<{ memory_blocks: number; memory_changes: number }> {
  const [row] = await queryable.query<{ memory_blocks: number; memory_changes: number }>({
    name: 'find_memory_history_counts',
    text: `select
      (select count(*)::integer from memory_blocks where tenant_id = current_tenant_id() and user_id = current_user_id()) as memory_blocks,
      (select count(*)::integer from memory_changes where tenant_id = current_tenant_id() and user_id = current_user_id()) as memory_changes`,
  });
  return row ?? { memory_blocks: 0, memory_changes: 0 };
}
