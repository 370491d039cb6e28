import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { listThreadStatements } from '../sql/statement.ts';
import { findThread } from '../sql/thread.ts';
import { Statement, StatementId, Thread, ThreadId } from '../statement.ts';

const Position = z.strictObject({ created_at: z.string(), id: StatementId });

/** Returns a thread with the statements in it that the caller sees, oldest first. 404 when they see none. */
export const getThread = endpoint({
  name: 'village-get-thread',
  route: 'GET /api/v1/village/threads/{id}',
  access: 'village:read',
  summary: 'Returns a thread with its statements.',
  params: z.strictObject({ id: ThreadId }),
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(Statement).extend({ thread: Thread }) },
}).query(async ({ params, query: { limit, cursor: given }, read, cursor }) => {
  const after = cursor.decode(given, Position);
  const found = await findThread(read, params.id);
  if (found === undefined) throw new Problem('not-found', 'There is no such thread.');
  const { readers: _, ...thread } = found;
  const rows = await listThreadStatements(read, params.id, { after, limit: limit + 1 });
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  const next = last === undefined ? null : cursor.encode({ created_at: last.created_at, id: last.id });
  return { status: 200, body: { thread, items, next_cursor: next } };
});
