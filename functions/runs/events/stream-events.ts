import type { Database, Queryable } from '../../platform/database/database.ts';
import { parseJson } from '../../platform/http/body.ts';
import { isTerminal, type LogLine } from './event.ts';
import { hasEnded } from '../run.ts';
import { listEventsAfter } from '../sql/event.ts';
import { findRunStatus } from '../sql/run.ts';
import { DELTA_CHANNEL, Delta } from './stream-delta.ts';

const EVENT_CHANNEL = 'run_events';
/** Proxies cut what is silent for longer. */
const HEARTBEAT_MS = 15_000;
/** Notifications can be lost; events are not, so the table is also looked at this often. */
const LOOK_MS = 2_000;
const PAGE = 100;
/** Closed before Cloud Run's limit of an hour; the reader comes back with the last id. */
const LONGEST_STREAM_MS = 55 * 60 * 1000;

export interface EventStream {
  database: Database;
  /** Reads as the caller: one who loses his rights loses his stream. */
  read: Queryable;
  runId: string;
  after: number;
  signal: AbortSignal;
  /** Shorter in tests. */
  heartbeatMs?: number;
  lookMs?: number;
}

/** The events after a number, then those that come, until the run's last one. */
export async function* streamEvents({
  database,
  read,
  runId,
  after,
  signal,
  heartbeatMs = HEARTBEAT_MS,
  lookMs = LOOK_MS,
}: EventStream): AsyncGenerator<string> {
  const doorbell = createDoorbell();
  signal.addEventListener('abort', doorbell.ring, { once: true });
  const deltas: string[] = [];
  const stops = await Promise.all([
    database.listen(EVENT_CHANNEL, (payload) => payload === runId && doorbell.ring()),
    database.listen(DELTA_CHANNEL, (payload) => {
      const delta = Delta.safeParse(parseJson(payload));
      if (!delta.success || delta.data.run_id !== runId) return;
      deltas.push(`event: delta\ndata: ${JSON.stringify(delta.data)}\n\n`);
      doorbell.ring();
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
      if (await nothingMoreComes(read, runId, last)) return;
      if (Date.now() - silentSince >= heartbeatMs) {
        yield ': still here\n\n';
        silentSince = Date.now();
      }
      await doorbell.wait(lookMs);
    }
  } finally {
    await Promise.all(stops.map((stop) => stop()));
  }
}

/** The reader has seen the run's last event before. */
async function nothingMoreComes(read: Queryable, runId: string, last: number): Promise<boolean> {
  const run = await findRunStatus(read, runId);
  return run === undefined || (hasEnded(run.status) && run.event_seq <= last);
}

function toText(event: LogLine): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Waits until somebody rings or time is over; a ring while nobody waits is kept. */
function createDoorbell() {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    wait: async (milliseconds: number) => {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wake = undefined;
      rung = false;
    },
  };
}
