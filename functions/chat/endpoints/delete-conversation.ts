import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { ConversationParams } from '../chat.ts';
import { requireConversation } from '../find-conversation.ts';
import { findConversationLocked, deleteConversation as remove } from '../sql/conversation.ts';

/**
 * Deletes a conversation with its messages and with all that is recorded of its answers. What was kept as a memory, the
 * runs that it started and its entries in the usage ledger stay. Answers 409 while an answer is under way.
 */
export const deleteConversation = endpoint({
  name: 'chat-delete-conversation',
  route: 'DELETE /api/v1/chat/conversations/{id}',
  access: 'chat:write',
  summary: 'Deletes a conversation and what is recorded of its answers.',
  params: ConversationParams,
  reply: { 204: null },
}).handle(async ({ params, transaction }) => {
  await requireConversation(transaction, params.id);
  const locked = await findConversationLocked(transaction, params.id);
  if (locked?.answering) throw new Problem('conflict', 'An answer is under way; stop it before you delete.');
  await transaction.query(remove(params.id));
  return { status: 204 };
});
