import type { Queryable } from '../../platform/database/database.ts';
import { listEventsAfter } from '../sql/event.ts';
import { findRunStatus } from '../sql/run.ts';
import type { LogLine } from './event.ts';

/** What a domain that lets clients follow runs reads of them. `EVENT_CHANNEL` notifies of new events. */

/** Returns the number of a run's last event; undefined when the caller cannot read the run. */
export async function findLastSeq(read: Queryable, runId: string): Promise<number | undefined> {
  return (await findRunStatus(read, runId))?.event_seq;
}

/** Lists events of a run after a number, oldest first. */
export function eventsAfter(
  read: Queryable,
  runId: string,
  page: { after: number; limit: number },
): Promise<LogLine[]> {
  return listEventsAfter(read, runId, page);
}
