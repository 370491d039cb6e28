import { z } from 'zod';
import { AsOf } from '../../entities/as-of.ts';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { Category, Memory, MemoryScope } from '../memory.ts';
import { listMemories as listMemoryRows } from '../sql/memory.ts';

const Position = z.strictObject({ created_at: z.string(), id: idSchema('mem') });

/**
 * Lists the facts that are true now, or with `as_of` those that were true then, newest first: the shared trusted facts
 * of the caller's tenant and all of the caller's own.
 */
export const listMemories = endpoint({
  name: 'memory-list-memories',
  route: 'GET /api/v1/memory',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists the facts that you may see, newest first.',
  query: z.strictObject({
    ...pageQuery,
    scope: MemoryScope.optional(),
    category: Category.optional(),
    as_of: AsOf.optional(),
  }),
  reply: { 200: pageOf(Memory) },
}).query(async ({ query, read, cursor }) => {
  const { scope, category, limit, as_of: asOf } = query;
  const after = cursor.decode(query.cursor, Position);
  // One row more than requested tells whether there is a next page.
  const rows = await listMemoryRows(read, { scope, category, asOf, after, limit: limit + 1 });
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  const next = last === undefined ? null : cursor.encode({ created_at: last.created_at, id: last.id });
  return { status: 200, body: { items, next_cursor: next } };
});
