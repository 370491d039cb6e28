import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { Conversation, ConversationParams, MessageId, Title } from '../chat.ts';
import { requireConversation, requireMessage } from '../find-conversation.ts';
import { insertConversation } from '../sql/conversation.ts';
import { copyBranch, countBranch } from '../sql/message.ts';

/**
 * Copies a conversation up to a message into a new one, which goes on by itself; the original does not change. The
 * copies have ids of their own. Answers 409 when the message is an answer under way.
 */
export const forkConversation = endpoint({
  name: 'chat-fork-conversation',
  route: 'POST /api/v1/chat/conversations/{id}/fork',
  access: 'chat:write',
  summary: 'Copies a conversation up to a message into a new conversation.',
  params: ConversationParams,
  body: z.strictObject({ message_id: MessageId, title: Title.optional() }),
  reply: { 201: Conversation },
}).handle(async ({ params, body, transaction }) => {
  const original = await requireConversation(transaction, params.id);
  const message = await requireMessage(transaction, body.message_id);
  if (message.conversation_id !== params.id) throw new Problem('not-found', 'The conversation has no such message.');
  if (message.status === 'answering') throw new Problem('conflict', 'The answer is under way; wait for its end.');
  const branch = { conversationId: params.id, headId: message.id };
  const count = await countBranch(transaction, branch);
  const id = createId('chat');
  await transaction.queryAll([
    insertConversation({
      id,
      title: body.title ?? original.title,
      target: { type: original.target_type, id: original.target_id },
      forkedFrom: { conversationId: params.id, messageId: message.id },
    }),
    copyBranch(
      branch,
      id,
      Array.from({ length: count }, () => createId('msg')),
    ),
  ]);
  return { status: 201, body: await requireConversation(transaction, id) };
});
