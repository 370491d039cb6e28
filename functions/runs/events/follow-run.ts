import { createAlarm } from '../../platform/alarm.ts';
import type { Database, Queryable } from '../../platform/database/database.ts';
import { parseJson } from '../../platform/http/body.ts';
import { hasEnded } from '../run.ts';
import { listEventsAfter } from '../sql/event.ts';
import { findRunStatus } from '../sql/run.ts';
import { DELTA_CHANNEL, Delta, EVENT_CHANNEL, isTerminal, type LogLine } from './event.ts';

export { appendEvents } from '../sql/event.ts';
export { findPartialTurn, type PartialTurn } from '../sql/partial-turn.ts';

/** Notifications can be lost, so the table is also polled at this interval. */
const POLL_MS = 2_000;
const PAGE = 100;
/** A stream ends before Cloud Run's limit of one hour; the client reconnects with its last id. */
const LONGEST_STREAM_MS = 55 * 60 * 1000;

export interface FollowedRun {
  database: Database;
  /** Reads with the caller's rights, so a caller who loses them loses the stream. */
  read: Queryable;
  runId: string;
  after: number;
  signal: AbortSignal;
  /** Tests set a shorter interval. */
  pollMs?: number;
}

/** What has happened since the step before: deltas, which are older than the events. Both may be empty. */
export interface RunProgress {
  deltas: Delta[];
  events: LogLine[];
}

/**
 * Follows a run: yields its events after a number and then what happens, until its last event. Yields at least once
 * every `pollMs`. Deltas are those that were sent after the first step was asked for.
 */
export async function* followRun({
  database,
  read,
  runId,
  after,
  signal,
  pollMs = POLL_MS,
}: FollowedRun): AsyncGenerator<RunProgress> {
  const alarm = createAlarm();
  signal.addEventListener('abort', alarm.wake, { once: true });
  const deltas: Delta[] = [];
  const stops = await Promise.all([
    database.listen(EVENT_CHANNEL, (payload) => payload === runId && alarm.wake()),
    database.listen(DELTA_CHANNEL, (payload) => {
      const delta = Delta.safeParse(parseJson(payload));
      if (!delta.success || delta.data.run_id !== runId) return;
      deltas.push(delta.data);
      alarm.wake();
    }),
  ]);
  const endsAt = Date.now() + LONGEST_STREAM_MS;
  let last = after;
  try {
    while (!signal.aborted && Date.now() < endsAt) {
      const events = await listEventsAfter(read, runId, { after: last, limit: PAGE });
      last = events.at(-1)?.seq ?? last;
      yield { deltas: deltas.splice(0), events };
      if (events.some((event) => isTerminal(event.type))) return;
      if (events.length > 0) continue;
      if (await isAtEnd(read, runId, last)) return;
      await alarm.wait(pollMs);
      // At once: reading the events takes a round trip, and a person reads along.
      if (deltas.length > 0) yield { deltas: deltas.splice(0), events: [] };
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

/** Proxies close connections that are silent for longer. */
const HEARTBEAT_MS = 15_000;

/**
 * Yields the events after a number, then new events until the run's last event, in the format of Server-Sent Events.
 */
export async function* streamEvents({
  heartbeatMs = HEARTBEAT_MS,
  ...followed
}: FollowedRun & { heartbeatMs?: number }): AsyncGenerator<string> {
  yield 'retry: 1000\n\n';
  let silentSince = Date.now();
  for await (const { deltas, events } of followRun(followed)) {
    const shown = deltas.filter((delta) => delta.kind === 'text');
    const text = shown.map((delta) => `event: delta\ndata: ${JSON.stringify(delta)}\n\n`).join('');
    const whole = text + events.map(toText).join('');
    if (whole !== '') yield whole;
    else if (Date.now() - silentSince >= heartbeatMs) yield ': still here\n\n';
    else continue;
    silentSince = Date.now();
  }
}

function toText(event: LogLine): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Returns the number of a run's last event; undefined when the caller cannot read the run. */
export async function findLastSeq(read: Queryable, runId: string): Promise<number | undefined> {
  return (await findRunStatus(read, runId))?.event_seq;
}

/** Lists events of a run after a number, oldest first. `EVENT_CHANNEL` notifies of new ones. */
export function eventsAfter(
  read: Queryable,
  runId: string,
  page: { after: number; limit: number },
): Promise<LogLine[]> {
  return listEventsAfter(read, runId, page);
}
