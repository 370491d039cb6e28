import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { MutedMemory } from '../memory/muted-memory.ts';
import { listMutedMemories } from '../sql/muted-memory.ts';

const Position = MutedMemory.omit({ text: true });

/** Lists what the caller keeps out of their chats, newest first. */
export const listMuted = endpoint({
  name: 'chat-list-muted-memories',
  route: 'GET /api/v1/chat/muted-memories',
  access: 'chat:read',
  summary: 'Lists what your chats do not use.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(MutedMemory) },
}).query(async ({ query, read, cursor }) => {
  const after = cursor.decode(query.cursor, Position);
  const rows = await listMutedMemories(read, { after, limit: query.limit + 1 });
  const items = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? items.at(-1) : undefined;
  const next = last && { kind: last.kind, target_id: last.target_id, created_at: last.created_at };
  return { status: 200, body: { items, next_cursor: next === undefined ? null : cursor.encode(next) } };
});
