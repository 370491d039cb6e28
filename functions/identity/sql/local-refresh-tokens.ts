import type { Queryable } from '../../platform/database/database.ts';

/** Inserts the hash of the first refresh token of a sign-in. It and its successors expire after 30 days. */
export async function insertLocalRefreshToken(
  database: Queryable,
  tokenHash: string,
  subject: string,
  signedInSeconds: number,
): Promise<void> {
  await database.query({
    name: 'insert_local_refresh_token',
    text: `insert into local_refresh_tokens (token_hash, family, subject, signed_in_at, expires_at)
      values ($1, $1, $2, to_timestamp($3), now() + interval '30 days')`,
    values: [tokenHash, subject, signedInSeconds],
  });
}

export interface LocalRefreshTokenRow {
  subject: string;
  email: string;
  display_name: string;
  signed_in_seconds: number;
  family: string;
  /** Null as long as the token was not exchanged. */
  successor_key: string | null;
  /** Seconds since the token was exchanged, or null. */
  exchanged_seconds: number | null;
}

/**
 * Returns a refresh token that is neither revoked nor expired, with its user, and locks it until the transaction ends:
 * concurrent exchanges of a token wait for each other.
 */
export async function lockLocalRefreshToken(
  transaction: Queryable,
  tokenHash: string,
): Promise<LocalRefreshTokenRow | undefined> {
  const [row] = await transaction.query<LocalRefreshTokenRow>({
    name: 'lock_local_refresh_token',
    text: `select a.subject, a.email, a.display_name, extract(epoch from t.signed_in_at)::bigint as signed_in_seconds,
        t.family, t.successor_key, extract(epoch from clock_timestamp() - t.exchanged_at)::float8 as exchanged_seconds
      from local_refresh_tokens t join local_accounts a using (subject)
      where t.token_hash = $1 and t.revoked_at is null and t.expires_at > now() for update of t`,
    values: [tokenHash],
  });
  return row;
}

/** Marks a refresh token as exchanged, and inserts its successor, which expires when the token does. */
export async function insertLocalSuccessor(
  transaction: Queryable,
  tokenHash: string,
  successor: { key: string; hash: string },
): Promise<void> {
  await transaction.query({
    name: 'insert_local_successor',
    text: `with exchanged as (
        update local_refresh_tokens set successor_key = $2, exchanged_at = clock_timestamp() where token_hash = $1
        returning family, subject, signed_in_at, expires_at)
      insert into local_refresh_tokens (token_hash, family, subject, signed_in_at, expires_at)
      select $3, family, subject, signed_in_at, expires_at from exchanged`,
    values: [tokenHash, successor.key, successor.hash],
  });
}

/** Revokes every refresh token of a sign-in. */
export async function revokeLocalFamily(database: Queryable, family: string): Promise<void> {
  await database.query({
    name: 'revoke_local_family',
    text: 'update local_refresh_tokens set revoked_at = now() where family = $1 and revoked_at is null',
    values: [family],
  });
}

/** Revokes all refresh tokens of a user, and deletes expired tokens of all users. */
export async function revokeLocalRefreshTokens(database: Queryable, subject: string): Promise<void> {
  await database.query({
    name: 'revoke_local_refresh_tokens',
    text: `with forgotten as (delete from local_refresh_tokens where expires_at < now())
      update local_refresh_tokens set revoked_at = now() where subject = $1 and revoked_at is null and expires_at >= now()`,
    values: [subject],
  });
}

/** Number of deleted rows. */
type DeletedRows = Record<'idempotency_keys' | 'rate_limits' | 'refresh_tokens', number>;

/**
 * Deletes expired refresh tokens, and with the same definer function the expired rows of the platform: stored answers
 * and rate-limit buckets. Covers all tenants. Concurrent calls delete each row once.
 */
export async function deleteExpired(system: Queryable, keepAnswersHours: number, limit: number): Promise<DeletedRows> {
  const [deleted] = await system.query<DeletedRows>({
    name: 'delete_expired',
    text: 'select idempotency_keys, rate_limits, refresh_tokens from sweep_expired(make_interval(hours => $1), $2)',
    values: [keepAnswersHours, limit],
  });
  return deleted ?? { idempotency_keys: 0, rate_limits: 0, refresh_tokens: 0 };
}
