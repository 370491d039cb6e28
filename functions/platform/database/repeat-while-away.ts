import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseAway } from '../errors.ts';
import type { Database, Scoped } from './database.ts';

/** The first wait, doubled with each try. A restart of Postgres takes about a second, a failover half a minute. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 1_000;

/**
 * Repeats `send` while the database is unavailable, until the signal is aborted. A failed send may have been executed,
 * so `send` must be idempotent or check first.
 * @throws DatabaseAway when the signal is aborted
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

/**
 * Returns the database for long work that must survive a restart of Postgres. Every statement and transaction is
 * repeated by {@link repeatWhileAway}.
 */
export function repeatingDatabase(database: Database, signal: AbortSignal): Database {
  return { ...database, as: (scope) => repeatingScope(database.as(scope), signal) };
}

function repeatingScope(scoped: Scoped, signal: AbortSignal): Scoped {
  return {
    query: (statement) => repeatWhileAway(() => scoped.query(statement), signal),
    queryAll: (statements) => repeatWhileAway(() => scoped.queryAll(statements), signal),
    transaction: (work) => repeatWhileAway(() => scoped.transaction(work), signal),
  };
}
