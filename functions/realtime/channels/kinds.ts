import { ConversationId } from '../../chat/chat.ts';
import { CHAT_CHANNEL } from '../../chat/chat-event.ts';
import { chatEventsAfter, findLastChatSeq } from '../../chat/follow-conversation.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { findVillageSeq, VILLAGE_CHANNEL, villageEventsAfter } from '../../village/village-event.ts';
import type { ChannelKind } from './channel-kind.ts';
import { runChannel } from './run.ts';

const TenantId = idSchema('ten');

/**
 * `conversation:<id>`: what changes in a conversation, with the numbers of `GET /chat/conversations/{id}/events`. The
 * text of an answer comes with the channel of its run, which the event `answer_started` names.
 */
const conversationChannel: ChannelKind = {
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

/**
 * `village:<tenant id>`: what happens in the village of the caller's tenant, of what the caller sees:
 * `statement_added`, `statement_deleted` and `pair_found`.
 */
const villageChannel: ChannelKind = {
  prefix: 'village',
  access: 'village:read',
  isId: (id) => TenantId.safeParse(id).success,
  authorise: async (read, { tenantId }, id) => (id === tenantId ? findVillageSeq(read) : undefined),
  isPersonal: true,
  listAfter: async (read, _id, page) =>
    (await villageEventsAfter(read, page)).map(({ seq, type, data, timestamp }) => ({
      seq,
      frame: { type, ...data, timestamp },
    })),
  notifications: { events: VILLAGE_CHANNEL },
};

/** Every kind of channel. */
export const CHANNEL_KINDS: readonly ChannelKind[] = [conversationChannel, runChannel, villageChannel];

/** A channel that a client named: `run:run_01j…`. */
export interface ChannelName {
  text: string;
  kind: ChannelKind;
  id: string;
}

/** Reads the name of a channel. @throws Problem 404 for an unknown kind or an id of another form */
export function readChannelName(text: string): ChannelName {
  const colon = text.indexOf(':');
  const id = text.slice(colon + 1);
  const kind = CHANNEL_KINDS.find(({ prefix }) => prefix === text.slice(0, Math.max(0, colon)));
  if (kind === undefined || !kind.isId(id)) throw noChannel();
  return { text, kind, id };
}

export function noChannel(): Problem {
  return new Problem(
    'not-found',
    'There is no such channel. Channels are run:<run id>, conversation:<chat id> and village:<tenant id>.',
  );
}
