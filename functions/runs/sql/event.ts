import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { storableJson } from '../../platform/storable.ts';
import type { LogLine, RunEvent } from '../events/event.ts';

/** Returns events as the SQL functions take them. Text that was cut inside a surrogate pair is repaired. */
export function eventsAsJson(events: readonly RunEvent[]): string {
  const json = JSON.stringify(events);
  // JSON.stringify escapes the characters that need repair; most events have none.
  return json.includes('\\u') ? JSON.stringify(storableJson(events)) : json;
}

/**
 * Appends events to a run in this order, numbered without gaps. The run's row stays locked until the transaction ends.
 */
export function appendEvents(runId: string, events: readonly RunEvent[]): Statement {
  return {
    name: 'append_run_events',
    text: 'select append_run_events($1, $2)',
    values: [runId, eventsAsJson(events)],
  };
}

/** Lists events of a run after a number, oldest first. */
export async function listEventsAfter(
  queryable: Queryable,
  runId: string,
  page: { after: number; limit: number; level?: string | undefined; source?: string | undefined },
): Promise<LogLine[]> {
  return queryable.query<LogLine>({
    name: 'list_events_after',
    text: `select seq, created_at as timestamp, type, level, source, message, data from run_events
      where run_id = $1 and seq > $2 and ($4::text is null or level = $4) and ($5::text is null or source = $5)
      order by seq limit $3`,
    values: [runId, page.after, page.limit, page.level, page.source],
  });
}
