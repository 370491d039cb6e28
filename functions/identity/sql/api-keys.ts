import type { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import type { ApiKey } from '../api-key.ts';

const COLUMNS = 'id, name, scopes, last_four, expires_at, revoked_at, last_used_at, created_at';

export type ApiKeyRow = z.input<typeof ApiKey>;

/** Stores a key of the caller, by the hash of its secret. */
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
  if (row === undefined) throw new Error('The insert of an API key answered no row');
  return row;
}

/** Keys of the caller, newest first, older than `before` where it is given. Ids sort by time. */
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
 * Revokes a key of the caller, or of anybody in the tenant when an admin asks. A second time changes nothing and is true as well;
 * false when there is no such key for him.
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
