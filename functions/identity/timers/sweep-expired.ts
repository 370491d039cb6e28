import type { Queryable } from '../../platform/database/database.ts';
import { timer } from '../../platform/timer.ts';

/** A repeated request with an Idempotency-Key gets its stored answer for 24 hours; 48 leave room for retries. */
const KEEP_ANSWERS_HOURS = 48;
/** Rows of each kind that one run deletes. */
const BATCH = 10_000;

type DeletedRows = Record<'idempotency_keys' | 'rate_limits' | 'refresh_tokens', number>;

/** Deletes expired stored answers, rate-limit buckets that are full again, and expired refresh tokens. */
export const sweepExpired = timer({ name: 'identity-sweep-expired', schedule: '*/10 * * * *' }).handle(({ database }) =>
  deleteExpired(database.as({ kind: 'system' })),
);

/** Deletes rows of all tenants with the definer function `sweep_expired`. Concurrent runs delete each row once. */
async function deleteExpired(system: Queryable): Promise<DeletedRows> {
  const [deleted] = await system.query<DeletedRows>({
    name: 'delete_expired',
    text: 'select idempotency_keys, rate_limits, refresh_tokens from sweep_expired(make_interval(hours => $1), $2)',
    values: [KEEP_ANSWERS_HOURS, BATCH],
  });
  return deleted ?? { idempotency_keys: 0, rate_limits: 0, refresh_tokens: 0 };
}
