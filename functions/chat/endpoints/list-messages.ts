import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { ConversationParams, Message, MessageId } from '../chat.ts';
import { requireConversation } from '../find-conversation.ts';
import { showMessages } from '../show-messages.ts';
import { listBranch } from '../sql/message.ts';

const Position = z.strictObject({ before: MessageId });

/**
 * Lists the messages of a branch, oldest first within a page: the first page has the newest messages, `next_cursor`
 * leads to older ones. Without `head` it is the branch that the conversation shows. `siblings` of a message are its
 * other versions; a branch that contains one is listed with `head`.
 */
export const listMessages = endpoint({
  name: 'chat-list-messages',
  route: 'GET /api/v1/chat/conversations/{id}/messages',
  access: 'chat:read',
  summary: 'Lists the messages of a branch of a conversation, the newest page first.',
  params: ConversationParams,
  query: z.strictObject({ ...pageQuery, head: MessageId.optional() }),
  reply: { 200: pageOf(Message) },
}).query(async ({ params, query, read, cursor }) => {
  const before = cursor.decode(query.cursor, Position)?.before;
  const conversation = await requireConversation(read, params.id);
  const headId = query.head ?? conversation.head_id;
  if (headId === null) return { status: 200, body: { items: [], next_cursor: null } };
  const rows = await listBranch(read, { conversationId: params.id, headId, before, limit: query.limit + 1 });
  if (rows.length === 0 && before === undefined)
    throw new Problem('not-found', 'The conversation has no such message as head names.');
  const page = rows.slice(-query.limit);
  const [first] = page;
  const hasMore = rows.length > query.limit && first !== undefined;
  const items = await showMessages(read, page);
  return { status: 200, body: { items, next_cursor: hasMore ? cursor.encode({ before: first.id }) : null } };
});
