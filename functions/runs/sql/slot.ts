import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { environment } from '../../platform/environment.ts';

/**
 * Slots limit how many runs of a tenant, and how many of their nodes, are at work. Taking a slot locks the tenant's
 * row, so concurrent takers count one after the other.
 */

/**
 * Selected by statements that lock a row which others wait for, in a transaction of several round trips. A process that
 * is stopped or cut off in between keeps its lock no longer than this: Postgres ends its session.
 */
export const BRIEFLY = `set_config('idle_in_transaction_session_timeout', '3s', true)`;

/**
 * Locks the tenant's slots. Inserts of rows that refer to the tenant do not wait for this lock. Always taken after the
 * run's lock.
 */
export function lockSlots(): Statement {
  return {
    name: 'lock_slots',
    text: `select ${BRIEFLY} from tenants where id = current_tenant_id() for no key update`,
  };
}

const FREE_RUN_SLOTS = `(select least(t.max_concurrent_sprints, $1) - (select count(*) from sessions s where s.tenant_id = t.id
    and s.status in ('queued', 'running') and s.admitted_at is not null and s.kind in ('run', 'sprint'))
  from tenants t where t.id = current_tenant_id())`;
const FREE_NODE_SLOTS = `(select least(t.max_parallel_nodes, $1) - (select count(*) from run_nodes n join sessions s on s.id = n.run_id
    where s.tenant_id = t.id and s.status in ('queued', 'running') and n.wake_at is null
      and (n.status = 'running' or n.status = 'pending' and n.rung_at is not null))
  from tenants t where t.id = current_tenant_id())`;

/**
 * Returns how many runs may start now: the tenant's limit minus its admitted runs at work. A run that waits for a
 * person takes no slot. It stays admitted, so after the answer it goes on at once, for that time perhaps above the
 * limit.
 */
export async function findFreeRunSlots(queryable: Queryable): Promise<number> {
  const [row] = await queryable.query<{ free: number }>({
    name: 'find_free_run_slots',
    text: `select ${FREE_RUN_SLOTS} as free`,
    values: [environment.MAX_CONCURRENT_RUNS],
  });
  return row?.free ?? 0;
}

/** Returns how many nodes may start now. Nodes that sleep or wait for the user take no place. */
export async function findFreeNodeSlots(queryable: Queryable): Promise<number> {
  const [row] = await queryable.query<{ free: number }>({
    name: 'find_free_node_slots',
    text: `select ${FREE_NODE_SLOTS} as free`,
    values: [environment.MAX_PARALLEL_NODES],
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

/** Stores whether nodes of the run wait for a place among the tenant's parallel nodes. */
export function updateRunWaitsForSlot(runId: string, waits: boolean): Statement {
  return {
    name: 'update_run_waits_for_slot',
    text: 'update sessions set waits_for_slot = $2 where id = $1 and waits_for_slot <> $2',
    values: [runId, waits],
  };
}

/** The most waiting runs that one free slot wakes. More than one, because some may find no node to start. */
const WOKEN = 3;

/** Lists the tenant's runs that have waited longest for a slot or a place; none while none is free. */
export async function listRunsWaitingForSlot(queryable: Queryable): Promise<string[]> {
  const rows = await queryable.query<{ id: string }>({
    name: 'list_runs_waiting_for_slot',
    text: `select w.id from sessions w where w.tenant_id = current_tenant_id() and w.status in ('queued', 'running', 'waiting_input')
        and (w.admitted_at is null and ${FREE_RUN_SLOTS} > 0 or w.waits_for_slot and ${FREE_NODE_SLOTS.replace('$1', '$2')} > 0)
      order by w.created_at limit $3`,
    values: [environment.MAX_CONCURRENT_RUNS, environment.MAX_PARALLEL_NODES, WOKEN],
  });
  return rows.map((row) => row.id);
}
