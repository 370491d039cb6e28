import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { Secret } from '../secret.ts';
import { listSecrets as listRows } from '../sql/secrets.ts';

/**
 * Lists the tenant's secrets by name, newest first. For admins. The answer contains neither values nor anything derived
 * from a value.
 */
export const listSecrets = endpoint({
  name: 'identity-list-secrets',
  route: 'GET /api/v1/tenant/secrets',
  access: 'tenant:admin',
  summary: 'Lists the names of the secrets of your tenant.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(Secret) },
}).query(async ({ query, read, cursor }) => {
  const before = cursor.decode(query.cursor, idSchema('sec'));
  const rows = await listRows(read, before, query.limit + 1);
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  const hasMore = rows.length > query.limit && last !== undefined;
  return { status: 200, body: { items, next_cursor: hasMore ? cursor.encode(last.id) : null } };
});
