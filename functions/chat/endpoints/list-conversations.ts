import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Timestamp } from '../../runs/run.ts';
import { Conversation, ConversationId } from '../chat.ts';
import { listConversations as list } from '../sql/conversation.ts';

const Position = z.strictObject({ updated_at: Timestamp, id: ConversationId });
const flag = z.enum(['true', 'false']).default('false');

/** Lists the caller's conversations, the one with the newest message first. Archived ones are a list of their own. */
export const listConversations = endpoint({
  name: 'chat-list-conversations',
  route: 'GET /api/v1/chat/conversations',
  access: 'chat:read',
  summary: 'Lists your conversations: search, archived, favourites, by tag.',
  query: z.strictObject({
    ...pageQuery,
    q: z.string().trim().min(1).max(200).optional().meta({ description: 'A part of the title or of a message' }),
    archived: flag,
    favorite: flag.meta({ description: 'true: only favourites' }),
    tag: z.string().min(1).max(50).optional(),
    target_type: z.string().min(1).max(50).optional(),
    target_id: z.string().min(1).max(200).optional(),
  }),
  reply: { 200: pageOf(Conversation) },
}).query(async ({ query, read, cursor }) => {
  const { target_type: type, target_id: id } = query;
  const filter = {
    text: query.q,
    isArchived: query.archived === 'true',
    isFavorite: query.favorite === 'true',
    tag: query.tag,
    target: type === undefined || id === undefined ? undefined : { type, id },
  };
  const before = cursor.decode(query.cursor, Position);
  const rows = await list(read, filter, { before, limit: query.limit + 1 });
  const items = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? items.at(-1) : undefined;
  const position = last && { updated_at: last.updated_at, id: last.id };
  return { status: 200, body: { items, next_cursor: position ? cursor.encode(position) : null } };
});
