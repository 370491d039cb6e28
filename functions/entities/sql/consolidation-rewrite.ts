import type { Statement } from '../../platform/database/batch.ts';
import type { Owner } from './memory-object.ts';

/**
 * Statements of an erasure for the consolidations that worked on commits which are made anew. Their plans name blocks and give reasons, which may be words of what is
 * erased: they go, and the commits still tell what was done. What is staged or under way was planned on what is no more, and ends.
 * @param ids new ids of commits by old ones
 */
export function updateConsolidationsRemade({ tenantId, userId }: Owner, ids: ReadonlyMap<string, string>): Statement[] {
  const owner = [tenantId, userId];
  const both = [...owner, [...ids.keys()], [...ids.values()]];
  const remade = 'unnest($3::text[], $4::text[]) as m (old_id, new_id)';
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
      values: [...owner, [...ids.keys()]],
    },
    {
      name: 'update_memory_consolidation_bases',
      text: `update memory_consolidation_steps s set base_commit = m.new_id from ${remade}
        where s.tenant_id = $1 and s.user_id = $2 and s.base_commit = m.old_id`,
      values: both,
    },
    {
      name: 'update_memory_consolidation_commits',
      text: `update memory_consolidation_steps s set commit_id = m.new_id from ${remade}
        where s.tenant_id = $1 and s.user_id = $2 and s.commit_id = m.old_id`,
      values: both,
    },
    {
      name: 'update_memory_consolidation_undos',
      text: `update memory_consolidations c set undo_commit = m.new_id from ${remade}
        where c.tenant_id = $1 and c.user_id = $2 and c.undo_commit = m.old_id`,
      values: both,
    },
  ];
}
