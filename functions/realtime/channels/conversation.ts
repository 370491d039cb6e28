import { ConversationId } from '../../chat/chat.ts';
import { CHAT_CHANNEL } from '../../chat/chat-event.ts';
import { chatEventsAfter, findLastChatSeq } from '../../chat/follow-conversation.ts';
import type { ChannelKind } from './channel-kind.ts';

/**
 * `conversation:<id>`: what changes in a conversation, with the numbers of `GET /chat/conversations/{id}/events`. The
 * text of an answer comes with the channel of its run, which the event `answer_started` names.
 */
export const conversationChannel: ChannelKind = {
  prefix: 'conversation',
  access: 'chat:read',
  isId: (id) => ConversationId.safeParse(id).success,
  authorise: (read, _caller, id) => findLastChatSeq(read, id),
  listAfter: async (read, id, page) =>
    (await chatEventsAfter(read, id, page)).map(({ seq, type, data, timestamp }) => ({
      seq,
      frame: { type, conversation_id: id, ...data, timestamp },
    })),
  notifications: { events: CHAT_CHANNEL },
};
