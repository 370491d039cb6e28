import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { MemoryKey } from '../memory-key.ts';
import { listMemoryKeys } from '../sql/memory-key.ts';

/** The caller's keys in their order, without their values; `prefix` narrows them. */
export const listKeys = endpoint({
  name: 'memory-list-keys',
  route: 'GET /api/v1/memory/keys',
  access: 'memory:read',
  summary: 'Lists the keys of your memory.',
  query: z.strictObject({ ...pageQuery, prefix: z.string().max(200).default('') }),
  reply: { 200: pageOf(MemoryKey.omit({ value: true })) },
}).query(async ({ query, read, cursor }) => {
  const after = cursor.decode(query.cursor, z.strictObject({ key: z.string() }));
  const rows = await listMemoryKeys(read, { prefix: query.prefix, after: after?.key ?? '', limit: query.limit + 1 });
  const items = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? items.at(-1) : undefined;
  return { status: 200, body: { items, next_cursor: last === undefined ? null : cursor.encode({ key: last.key }) } };
});
