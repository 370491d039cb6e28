import { createAlarm } from './alarm.ts';
import type { Database } from './database/database.ts';
import { Problem } from './errors.ts';
import { type Hold, WAITING } from './http/budget.ts';

/** A request that may wait for the end of its work, `?wait=`. */
export interface WaitingRequest {
  database: Database;
  seconds: number;
  /** Aborted when the caller disconnects. */
  signal: AbortSignal;
  hold: Hold;
}

/** The SQL function `notify_work_ended` sends the ids of rows there. */
const CHANNEL = 'work_ended';
/** Notifications can be lost, so the row is also read at this interval. */
const POLL_MS = 2_000;

/**
 * Waits until the work of a row has ended or the time is over, and returns the row as it was read last. A caller with
 * too many waiting requests does not wait. The row is read after each notification for its id.
 */
export async function awaitWork<Row extends { id: string }>(
  { database, seconds, signal, hold }: WaitingRequest,
  find: () => Promise<Row>,
  hasEnded: (row: Row) => boolean,
): Promise<Row> {
  const until = performance.now() + seconds * 1000;
  let row = await find();
  if (hasEnded(row) || seconds === 0 || !mayWait(hold)) return row;
  const alarm = createAlarm();
  signal.addEventListener('abort', alarm.wake, { once: true });
  const { id } = row;
  const stop = await database.listen(CHANNEL, (ended) => ended === id && alarm.wake());
  try {
    for (;;) {
      row = await find();
      const left = until - performance.now();
      if (hasEnded(row) || left <= 0) return row;
      await alarm.wait(Math.min(POLL_MS, Math.ceil(left)));
      signal.throwIfAborted();
    }
  } finally {
    await stop();
  }
}

function mayWait(hold: Hold): boolean {
  try {
    hold(WAITING, 1);
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}
