import { timer } from '../../platform/timer.ts';
import { deleteExpired } from '../sql/local-refresh-tokens.ts';

/**
 * A repeated request with an Idempotency-Key gets its stored answer for at least a day; two days leave room for
 * retries.
 */
const KEEP_ANSWERS_HOURS = 48;
/** Rows of each kind that one run deletes. */
const BATCH = 10_000;

/** Deletes expired stored answers, rate-limit buckets that are full again, and expired refresh tokens. */
export const sweepExpired = timer({ name: 'identity-sweep-expired', schedule: '*/10 * * * *' }).handle(({ database }) =>
  deleteExpired(database.as({ kind: 'system' }), KEEP_ANSWERS_HOURS, BATCH),
);
