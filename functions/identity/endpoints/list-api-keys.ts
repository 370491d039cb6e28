import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { ApiKey } from '../api-key.ts';
import { listApiKeys as listKeys } from '../sql/api-keys.ts';

/** Lists the caller's own keys, newest first, including revoked and expired keys. */
export const listApiKeys = endpoint({
  name: 'identity-list-api-keys',
  route: 'GET /api/v1/auth/api-keys',
  access: 'account:read',
  summary: 'Lists your API keys, newest first.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(ApiKey) },
}).query(async ({ query, read, cursor }) => {
  const before = cursor.decode(query.cursor, idSchema('key'));
  const rows = await listKeys(read, before, query.limit + 1);
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  const hasMore = rows.length > query.limit && last !== undefined;
  return { status: 200, body: { items, next_cursor: hasMore ? cursor.encode(last.id) : null } };
});
