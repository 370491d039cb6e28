import type { Queryable } from '../../platform/database/database.ts';

interface MemoryKeyRow {
  key: string;
  value: unknown;
  version: number;
  created_at: string;
  updated_at: string;
}

const COLUMNS = 'key, value, version, created_at, updated_at';

/** Returns a key of the current user. */
export async function findMemoryKey(queryable: Queryable, key: string): Promise<MemoryKeyRow | undefined> {
  const [row] = await queryable.query<MemoryKeyRow>({
    name: 'find_memory_key',
    text: `select ${COLUMNS} from memory_keys where tenant_id = current_tenant_id() and user_id = current_user_id() and key = $1`,
    values: [key],
  });
  return row;
}

/** The last row of the previous page. It identifies the key by a hash, because a cursor must not contain the key. */
interface KeyPosition {
  created_at: string;
  mark: string;
}

/** Lists the keys of the current user without their values, newest first. `mark` orders keys with the same time. */
export async function listMemoryKeys(
  queryable: Queryable,
  list: { prefix: string; after: KeyPosition | undefined; limit: number },
): Promise<(Omit<MemoryKeyRow, 'value'> & { mark: string })[]> {
  return queryable.query({
    name: 'list_memory_keys',
    text: `select key, version, created_at, updated_at, md5(key) as mark from memory_keys
      where tenant_id = current_tenant_id() and user_id = current_user_id() and starts_with(key, $1)
        and ($2::timestamptz is null or (created_at, md5(key)) < ($2, $3))
      order by created_at desc, md5(key) desc limit $4`,
    values: [list.prefix, list.after?.created_at, list.after?.mark ?? '', list.limit],
  });
}

/**
 * Writes a key of the current user. Without `expected` the last write wins. Otherwise the key is written only when its
 * version is the expected one, 0 for a new key; returns undefined when it is not.
 */
export async function upsertMemoryKey(
  queryable: Queryable,
  entry: { key: string; value: unknown; expected: number | undefined },
): Promise<MemoryKeyRow | undefined> {
  const [row] = await queryable.query<MemoryKeyRow>({
    name: 'upsert_memory_key',
    text: `insert into memory_keys as k (tenant_id, user_id, key, value)
      select current_tenant_id(), current_user_id(), $1, $2::jsonb
      where coalesce($3, 0) = 0 or exists (select from memory_keys where tenant_id = current_tenant_id() and user_id = current_user_id() and key = $1)
      on conflict (tenant_id, user_id, key) do update set value = excluded.value, version = k.version + 1, updated_at = now()
        where $3::integer is null or k.version = $3
      returning ${COLUMNS}`,
    values: [entry.key, JSON.stringify(entry.value), entry.expected],
  });
  return row;
}

/** Deletes a key of the current user. Returns false when there is none. */
export async function deleteMemoryKey(queryable: Queryable, key: string): Promise<boolean> {
  const deleted = await queryable.query({
    name: 'delete_memory_key',
    text: 'delete from memory_keys where tenant_id = current_tenant_id() and user_id = current_user_id() and key = $1 returning key',
    values: [key],
  });
  return deleted.length > 0;
}
