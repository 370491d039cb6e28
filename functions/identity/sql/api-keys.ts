import type { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import type { ApiKey } from '../api-key.ts';

const COLUMNS = 'id, name, scopes, last_four, expires_at, revoked_at, last_used_at, created_at';

export type ApiKeyRow = z.input<typeof ApiKey>;

/** Inserts a key of the caller. Only the hash of its secret is stored. */
export async function insertApiKey(
  database: Queryable,
  key: {
    keyId: string;
    secretHash: string;
    lastFour: string;
    name: string;
    scopes: string[];
    days: number | undefined;
  },
): Promise<ApiKeyRow> {
  const [row] = await database.query<ApiKeyRow>({
    name: 'insert_api_key',
    text: `insert into api_keys (id, tenant_id, user_id, name, secret_hash, last_four, scopes, expires_at)
      values ($1, current_tenant_id(), current_user_id(), $2, $3, $4, $5, now() + make_interval(days => $6))
      returning ${COLUMNS}`,
    values: [key.keyId, key.name, key.secretHash, key.lastFour, key.scopes, key.days ?? null],
  });
  if (row === undefined) throw new Error('The insert of an API key returned no row');
  return row;
}

/** Lists the caller's keys, newest first, beginning after the key `before`. Ids sort by creation time. */
export async function listApiKeys(
  database: Queryable,
  before: string | undefined,
  limit: number,
): Promise<ApiKeyRow[]> {
  return database.query<ApiKeyRow>({
    name: 'list_api_keys',
    text: `select ${COLUMNS} from api_keys
      where tenant_id = current_tenant_id() and user_id = current_user_id() and ($1::text is null or id < $1)
      order by id desc limit $2`,
    values: [before ?? null, limit],
  });
}

/**
 * Revokes a key of the caller, or with `ofAnybody` a key of any user of the tenant. Idempotent: a second call returns
 * true and keeps the first time. Returns false when there is no such key.
 */
export async function revokeApiKey(database: Queryable, keyId: string, ofAnybody: boolean): Promise<boolean> {
  const rows = await database.query({
    name: 'revoke_api_key',
    text: `update api_keys set revoked_at = coalesce(revoked_at, now())
      where id = $1 and ($2 or user_id = current_user_id()) returning id`,
    values: [keyId, ofAnybody],
  });
  return rows.length > 0;
}
