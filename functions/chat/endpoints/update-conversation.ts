import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { Compaction, Conversation, ConversationParams, MessageId, Tags, Title } from '../chat.ts';
import { requireConversation, requireMessage } from '../find-conversation.ts';
import { findConversationLocked, updateConversation as update } from '../sql/conversation.ts';
import { appendChatEvent } from '../sql/event.ts';
import { findNewestLeaf } from '../sql/message.ts';

/**
 * Renames, archives, marks or tags a conversation, chooses how it is condensed, or shows another branch: `head_id`
 * names any message, and the newest branch through it is shown. Only what is given changes. 409 for another branch
 * while an answer is under way.
 */
export const updateConversation = endpoint({
  name: 'chat-update-conversation',
  route: 'PATCH /api/v1/chat/conversations/{id}',
  access: 'chat:write',
  summary: 'Renames, archives, marks or tags a conversation, or shows another branch.',
  params: ConversationParams,
  body: z
    .strictObject({
      title: Title,
      archived: z.boolean(),
      favorite: z.boolean(),
      tags: Tags,
      compaction: Compaction,
      head_id: MessageId,
    })
    .partial(),
  reply: { 200: Conversation },
}).handle(async ({ params, body, transaction }) => {
  await requireConversation(transaction, params.id);
  const { head_id: wanted, ...change } = body;
  if (wanted !== undefined) {
    const message = await requireMessage(transaction, wanted);
    if (message.conversation_id !== params.id) throw new Problem('not-found', 'The conversation has no such message.');
    // Locked, so that a message that is sent meanwhile does not lose its place as the head.
    const conversation = await findConversationLocked(transaction, params.id);
    if (conversation?.answering) throw new Problem('conflict', 'An answer is under way; wait for its end or stop it.');
  }
  const headId = wanted && (await findNewestLeaf(transaction, params.id, wanted));
  await transaction.query(update(params.id, { ...change, headId }));
  const changed = Object.keys(body);
  if (changed.length > 0)
    await transaction.query(appendChatEvent(params.id, { type: 'conversation_changed', data: { changed } }));
  return { status: 200, body: await requireConversation(transaction, params.id) };
});
