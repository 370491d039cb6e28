import type { Queryable } from '../../platform/database/database.ts';

/**
 * Notes which facts were in the context of a run of the scope's person, each once, with the first time. One that is erased at this moment is waited for, and is then
 * none: without the lock the note would fail, and the turn with it.
 */
export async function insertMemoryUses(queryable: Queryable, runId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await queryable.query({
    name: 'insert_memory_uses',
    text: `insert into memory_uses (tenant_id, user_id, run_id, memory_id)
      select current_tenant_id(), current_user_id(), $1, m.id from memories m where m.id = any ($2) for key share
      on conflict (tenant_id, run_id, memory_id) do nothing`,
    values: [runId, ids],
  });
}
