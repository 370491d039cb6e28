import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { listSubjects } from '../sql/subject.ts';

const Position = z.strictObject({ id: z.string() });

/**
 * Lists the subjects of the caller, newest first: the users of the caller's application, whose memory is kept under
 * `user_id`. A subject exists from its first write until it is erased.
 */
export const listSubjectsEndpoint = endpoint({
  name: 'memory-list-subjects',
  route: 'GET /api/v1/memory/subjects',
  access: 'memory:read',
  summary: 'Lists the users of your application whose memory you keep.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(z.strictObject({ user_id: z.string(), created_at: z.string() })) },
}).query(async ({ query, read, cursor }) => {
  const before = cursor.decode(query.cursor, Position)?.id;
  const rows = await listSubjects(read, { before, limit: query.limit + 1 });
  const last = rows.length > query.limit ? rows[query.limit - 1] : undefined;
  const items = rows.slice(0, query.limit).map(({ id: _, ...subject }) => subject);
  return { status: 200, body: { items, next_cursor: last === undefined ? null : cursor.encode({ id: last.id }) } };
});
