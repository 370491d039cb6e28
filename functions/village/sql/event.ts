import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';

interface VillageEvent {
  seq: number;
  type: 'statement_added' | 'statement_deleted' | 'pair_found';
  data: Record<string, unknown>;
  timestamp: string;
}

/**
 * Appends an event to the village of the current tenant, in the transaction of the change that it tells of. `readers`
 * are the users who see it; null for the whole tenant.
 */
export function appendVillageEvent(
  type: VillageEvent['type'],
  readers: readonly string[] | null,
  data: Record<string, unknown>,
): Statement {
  return {
    name: 'append_village_event',
    text: 'select append_village_event($1, $2, $3)',
    values: [type, readers, JSON.stringify(data)],
  };
}

/** Lists the events after a number that the current user sees, oldest first. */
export async function listVillageEventsAfter(
  queryable: Queryable,
  page: { after: number; limit: number },
): Promise<VillageEvent[]> {
  return queryable.query<VillageEvent>({
    name: 'list_village_events_after',
    text: `select seq, type, data, created_at as timestamp from village_events
      where tenant_id = current_tenant_id() and seq > $1 order by seq limit $2`,
    values: [page.after, page.limit],
  });
}

/** Returns the number of the last event that the current user sees; 0 when there is none. */
export async function findVillageSeq(queryable: Queryable): Promise<number> {
  const [row] = await queryable.query<{ seq: number }>({
    name: 'find_village_seq',
    text: 'select coalesce(max(seq), 0) as seq from village_events where tenant_id = current_tenant_id()',
  });
  return row?.seq ?? 0;
}
