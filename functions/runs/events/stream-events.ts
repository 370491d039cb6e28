import { createAlarm } from '../../platform/alarm.ts';
import type { Database, Queryable } from '../../platform/database/database.ts';
import { parseJson } from '../../platform/http/body.ts';
import { hasEnded } from '../run.ts';
import { listEventsAfter } from '../sql/event.ts';
import { findRunStatus } from '../sql/run.ts';
import { DELTA_CHANNEL, Delta, EVENT_CHANNEL, isTerminal, type LogLine } from './event.ts';

/** Proxies close connections that are silent for longer. */
const HEARTBEAT_MS = 15_000;
/** Notifications can be lost, so the table is also polled at this interval. */
const POLL_MS = 2_000;
const PAGE = 100;
/** A stream ends before Cloud Run's limit of one hour; the client reconnects with its last id. */
const LONGEST_STREAM_MS = 55 * 60 * 1000;

interface EventStream {
  database: Database;
  /** Reads with the caller's rights, so a caller who loses them loses the stream. */
  read: Queryable;
  runId: string;
  after: number;
  signal: AbortSignal;
  /** Tests set shorter intervals. */
  heartbeatMs?: number;
  pollMs?: number;
}

/**
 * Yields the events after a number, then new events until the run's last event, in the format of Server-Sent Events.
 */
export async function* streamEvents({
  database,
  read,
  runId,
  after,
  signal,
  heartbeatMs = HEARTBEAT_MS,
  pollMs = POLL_MS,
}: EventStream): AsyncGenerator<string> {
  const alarm = createAlarm();
  signal.addEventListener('abort', alarm.wake, { once: true });
  const deltas: string[] = [];
  const stops = await Promise.all([
    database.listen(EVENT_CHANNEL, (payload) => payload === runId && alarm.wake()),
    database.listen(DELTA_CHANNEL, (payload) => {
      const delta = Delta.safeParse(parseJson(payload));
      if (!delta.success || delta.data.run_id !== runId) return;
      deltas.push(`event: delta\ndata: ${JSON.stringify(delta.data)}\n\n`);
      alarm.wake();
    }),
  ]);
  const endsAt = Date.now() + LONGEST_STREAM_MS;
  let silentSince = Date.now();
  let last = after;
  try {
    yield 'retry: 1000\n\n';
    while (!signal.aborted && Date.now() < endsAt) {
      const events = await listEventsAfter(read, runId, { after: last, limit: PAGE });
      const text = deltas.splice(0).join('') + events.map(toText).join('');
      last = events.at(-1)?.seq ?? last;
      if (text !== '') {
        yield text;
        silentSince = Date.now();
      }
      if (events.some((event) => isTerminal(event.type))) return;
      if (events.length > 0) continue;
      if (await isAtEnd(read, runId, last)) return;
      if (Date.now() - silentSince >= heartbeatMs) {
        yield ': still here\n\n';
        silentSince = Date.now();
      }
      await alarm.wait(pollMs);
    }
  } finally {
    await Promise.all(stops.map((stop) => stop()));
  }
}

/** Whether the client has already received the run's last event. */
async function isAtEnd(read: Queryable, runId: string, last: number): Promise<boolean> {
  const run = await findRunStatus(read, runId);
  return run === undefined || (hasEnded(run.status) && run.event_seq <= last);
}

function toText(event: LogLine): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
