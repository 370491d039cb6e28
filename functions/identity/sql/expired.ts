import type { Queryable } from '../../platform/database/database.ts';

/** How many rows of each kind a sweep removed. */
export type Swept = Record<'idempotency_keys' | 'rate_limits' | 'refresh_tokens', number>;

/** Removes what has expired, of all tenants; the definer function `sweep_expired`. Any number of sweeps at once remove each row once. */
export async function deleteExpired(system: Queryable, keepAnswersHours: number, limit: number): Promise<Swept> {
  const [swept] = await system.query<Swept>({
    name: 'delete_expired',
    text: 'select idempotency_keys, rate_limits, refresh_tokens from sweep_expired(make_interval(hours => $1), $2)',
    values: [keepAnswersHours, limit],
  });
  return swept ?? { idempotency_keys: 0, rate_limits: 0, refresh_tokens: 0 };
}
