import { timer } from '../../platform/timer.ts';
import { deleteExpired } from '../sql/expired.ts';

/** A repeated request gets its first answer again for at least a day; two make clocks and retries no matter. */
const KEEP_ANSWERS_HOURS = 48;
/** Rows of a kind in one tick. */
const BATCH = 10_000;

/** Removes stored answers, full rate-limit buckets and refresh tokens that have served their time. */
export const sweepExpired = timer({ name: 'identity-sweep-expired', schedule: '*/10 * * * *' }).handle(({ database }) =>
  deleteExpired(database.as({ kind: 'system' }), KEEP_ANSWERS_HOURS, BATCH),
);
