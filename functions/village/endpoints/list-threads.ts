import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { listThreads as listThreadRows } from '../sql/thread.ts';
import { Thread, ThreadId } from '../statement.ts';

const Position = z.strictObject({ last_at: z.string(), id: ThreadId });

/** Lists the threads in which the caller sees a statement, the one with the newest first. */
export const listThreads = endpoint({
  name: 'village-list-threads',
  route: 'GET /api/v1/village/threads',
  access: 'village:read',
  summary: 'Lists the threads of the village.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(Thread) },
}).query(async ({ query: { limit, cursor: given }, read, cursor }) => {
  const after = cursor.decode(given, Position);
  const rows = await listThreadRows(read, { after, limit: limit + 1 });
  const items = rows.slice(0, limit).map(({ readers: _, ...thread }) => thread);
  const last = rows.length > limit ? items.at(-1) : undefined;
  const next = last === undefined ? null : cursor.encode({ last_at: last.last_at, id: last.id });
  return { status: 200, body: { items, next_cursor: next } };
});
