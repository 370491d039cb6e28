import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';

/** Slots: how many runs a tenant has at work, and how many of their nodes. Whoever takes one holds the tenant's row, so two takers count one after the other. */

/** Locks the tenant against other takers of slots; rows that refer to it do not wait. Always after the run's own lock. */
export function lockSlots(): Statement {
  return { name: 'lock_slots', text: 'select id from tenants where id = current_tenant_id() for no key update' };
}

const FREE_RUN_SLOTS = `(select t.max_concurrent_sprints - (select count(*) from sessions s where s.tenant_id = t.id
    and s.status in ('queued', 'running', 'waiting_input') and s.admitted_at is not null)
  from tenants t where t.id = current_tenant_id())`;
const FREE_NODE_SLOTS = `(select t.max_parallel_nodes - (select count(*) from run_nodes n join sessions s on s.id = n.run_id
    where s.tenant_id = t.id and s.status in ('queued', 'running') and n.wake_at is null
      and (n.status = 'running' or n.status = 'pending' and n.rung_at is not null))
  from tenants t where t.id = current_tenant_id())`;

/** Runs that may start now: the tenant's limit without those that were admitted and have not ended. */
export async function findFreeRunSlots(queryable: Queryable): Promise<number> {
  const [row] = await queryable.query<{ free: number }>({
    name: 'find_free_run_slots',
    text: `select ${FREE_RUN_SLOTS} as free`,
  });
  return row?.free ?? 0;
}

/** Nodes that may start now: those that sleep or wait for a person take no place. */
export async function findFreeNodeSlots(queryable: Queryable): Promise<number> {
  const [row] = await queryable.query<{ free: number }>({
    name: 'find_free_node_slots',
    text: `select ${FREE_NODE_SLOTS} as free`,
  });
  return row?.free ?? 0;
}

/** Gives a waiting run its slot. */
export function updateRunAdmitted(runId: string): Statement {
  return {
    name: 'update_run_admitted',
    text: 'update sessions set admitted_at = clock_timestamp() where id = $1 and admitted_at is null',
    values: [runId],
  };
}

/** Notes whether nodes of the run wait for a place among the tenant's nodes. */
export function updateRunWaitsForSlot(runId: string, waits: boolean): Statement {
  return {
    name: 'update_run_waits_for_slot',
    text: 'update sessions set waits_for_slot = $2 where id = $1 and waits_for_slot <> $2',
    values: [runId, waits],
  };
}

/** How many waiting runs one freed slot wakes: more than one, because some may find nothing to start. */
const WOKEN = 3;

/** The runs of the tenant that have waited longest for what is free now; none while nothing is. */
export async function listRunsWaitingForSlot(queryable: Queryable): Promise<string[]> {
  const rows = await queryable.query<{ id: string }>({
    name: 'list_runs_waiting_for_slot',
    text: `select w.id from sessions w where w.tenant_id = current_tenant_id() and w.status in ('queued', 'running', 'waiting_input')
        and (w.admitted_at is null and ${FREE_RUN_SLOTS} > 0 or w.waits_for_slot and ${FREE_NODE_SLOTS} > 0)
      order by w.created_at limit $1`,
    values: [WOKEN],
  });
  return rows.map((row) => row.id);
}
