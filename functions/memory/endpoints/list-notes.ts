import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { LOOKBACK_DAYS, Note, NoteAgent } from '../notes/note.ts';
import { listMemoryNotes } from '../sql/memory-note.ts';

const Position = z.strictObject({ rank: z.int(), created_at: z.string(), id: idSchema('note') });

/**
 * Lists the caller's notes of the last `days` days: those with unfinished work first, then by priority, the newest
 * first. Nobody else sees them.
 */
export const listNotes = endpoint({
  name: 'memory-list-notes',
  route: 'GET /api/v1/memory/notes',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists your notes for the next session.',
  query: z.strictObject({
    ...pageQuery,
    agent: NoteAgent.optional(),
    days: z.coerce.number().int().min(1).max(3650).default(LOOKBACK_DAYS),
  }),
  reply: { 200: pageOf(Note) },
}).query(async ({ query, read, cursor }) => {
  const { agent, days, limit } = query;
  const after = cursor.decode(query.cursor, Position);
  const rows = await listMemoryNotes(read, { agent, days, after, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const next = last === undefined ? null : cursor.encode({ rank: last.rank, created_at: last.created_at, id: last.id });
  return { status: 200, body: { items: page.map(({ rank: _, ...note }) => note), next_cursor: next } };
});
