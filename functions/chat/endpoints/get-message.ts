import { endpoint } from '../../platform/endpoint.ts';
import { Message, MessageParams } from '../chat.ts';
import { showMessage } from '../find-conversation.ts';

/** Returns a message of the caller; an answer under way has the text so far. */
export const getMessage = endpoint({
  name: 'chat-get-message',
  route: 'GET /api/v1/chat/messages/{id}',
  access: 'chat:read',
  summary: 'Returns a message.',
  params: MessageParams,
  reply: { 200: Message },
}).query(async ({ params, read }) => ({ status: 200, body: await showMessage(read, params.id) }));
