import { endpoint } from '../../platform/endpoint.ts';
import { Conversation, ConversationParams } from '../chat.ts';
import { requireConversation } from '../find-conversation.ts';

/** Returns a conversation of the caller without its messages. 404 for another user's, also in the same tenant. */
export const getConversation = endpoint({
  name: 'chat-get-conversation',
  route: 'GET /api/v1/chat/conversations/{id}',
  access: 'chat:read',
  summary: 'Returns a conversation.',
  params: ConversationParams,
  reply: { 200: Conversation },
}).query(async ({ params, read }) => ({ status: 200, body: await requireConversation(read, params.id) }));
