import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Secret, SecretName } from '../secrets.ts';
import { listSecrets as listRows } from '../sql/secrets.ts';

/** What secrets the tenant has, by name; for admins. Their values are not in the answer, nor anything that is made of them. */
export const listSecrets = endpoint({
  name: 'identity-list-secrets',
  route: 'GET /api/v1/tenant/secrets',
  access: 'tenant:admin',
  summary: 'Lists the names of the secrets of your tenant.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(Secret) },
}).query(async ({ query, read, cursor }) => {
  const after = cursor.decode(query.cursor, SecretName);
  const rows = await listRows(read, after, query.limit + 1);
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  const hasMore = rows.length > query.limit && last !== undefined;
  return { status: 200, body: { items, next_cursor: hasMore ? cursor.encode(last.name) : null } };
});
