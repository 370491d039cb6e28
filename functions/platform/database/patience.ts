import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseAway } from '../errors.ts';
import type { Database, Scoped } from './database.ts';

/** First wait; doubled with each. A restart of Postgres takes about a second, a failover half a minute. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 1_000;

/**
 * Sends again while the database is away, until the signal is aborted. Whether the send before was done is not known: only for what may be done twice, or
 * what looks first.
 * @throws DatabaseAway when the signal was aborted meanwhile
 */
export async function repeatWhileAway<T>(send: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof DatabaseAway) || signal.aborted) throw error;
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw error;
    }
  }
}

/** The same database for long work, which a restart of Postgres must not fail: every statement and transaction is repeated as {@link repeatWhileAway} says. */
export function patient(database: Database, signal: AbortSignal): Database {
  return { ...database, as: (scope) => patientScope(database.as(scope), signal) };
}

function patientScope(scoped: Scoped, signal: AbortSignal): Scoped {
  return {
    query: (statement) => repeatWhileAway(() => scoped.query(statement), signal),
    queryAll: (statements) => repeatWhileAway(() => scoped.queryAll(statements), signal),
    transaction: (work) => repeatWhileAway(() => scoped.transaction(work), signal),
  };
}
