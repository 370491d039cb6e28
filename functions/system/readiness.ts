import type { Database } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { findIsolation } from './sql/isolation.ts';

/** One check serves all requests of a second: load balancers probe from many places, and the route is public. */
const REUSE_MS = 1_000;
/** Shorter than the timeout of probes. */
const PATIENCE_MS = 4_000;

let latest: { at: number; check: Promise<void> } | undefined;

/**
 * Checks that the database answers and isolates tenants. The check of the last second is reused.
 * @throws Problem 503 without internal details
 */
export function checkReadiness(open: () => Promise<Database>, now = Date.now()): Promise<void> {
  if (latest === undefined || now - latest.at >= REUSE_MS) latest = { at: now, check: check(open) };
  return latest.check;
}

async function check(open: () => Promise<Database>): Promise<void> {
  const isolation = await within(PATIENCE_MS, askDatabase(open)).catch((cause: unknown) => {
    throw new Problem('not-ready', 'The database does not answer.', { retryAfterSeconds: 5, cause });
  });
  if (isolation.is_bypassed || isolation.sees_rows) {
    throw new Problem('not-ready', 'The database does not isolate tenants.', { retryAfterSeconds: 60 });
  }
}

async function askDatabase(open: () => Promise<Database>) {
  return findIsolation((await open()).as({ kind: 'system' }));
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`The database did not answer within ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
