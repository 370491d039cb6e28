import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { MemoryKey } from '../memory-key.ts';
import { listMemoryKeys } from '../sql/memory-key.ts';

const Position = z.strictObject({ created_at: z.string(), mark: z.string() });

/** Lists the keys of the caller's key-value memory, newest first, without their values. `prefix` filters them. */
export const listKeys = endpoint({
  name: 'memory-list-keys',
  route: 'GET /api/v1/memory/keys',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists the keys of your memory.',
  query: z.strictObject({ ...pageQuery, prefix: z.string().max(200).normalize('NFC').default('') }),
  reply: { 200: pageOf(MemoryKey.omit({ value: true })) },
}).query(async ({ query, read, cursor }) => {
  const after = cursor.decode(query.cursor, Position);
  const rows = await listMemoryKeys(read, { prefix: query.prefix, after, limit: query.limit + 1 });
  const last = rows.length > query.limit ? rows[query.limit - 1] : undefined;
  const next = last === undefined ? null : cursor.encode({ created_at: last.created_at, mark: last.mark });
  const items = rows.slice(0, query.limit).map(({ mark: _, ...key }) => key);
  return { status: 200, body: { items, next_cursor: next } };
});
