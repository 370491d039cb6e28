import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { ChatEvent, NumberedChatEvent } from '../chat-event.ts';

/** Appends an event to a conversation, in the transaction of the change that it tells of. */
export function appendChatEvent(conversationId: string, event: ChatEvent): Statement {
  return {
    name: 'append_chat_event',
    text: 'select append_chat_event($1, $2, $3)',
    values: [conversationId, event.type, JSON.stringify(event.data)],
  };
}

/** Lists events of a conversation after a number, oldest first. */
export async function listChatEventsAfter(
  queryable: Queryable,
  conversationId: string,
  page: { after: number; limit: number },
): Promise<NumberedChatEvent[]> {
  return queryable.query<NumberedChatEvent>({
    name: 'list_chat_events_after',
    text: `select seq, type, data, created_at as timestamp from chat_events
      where tenant_id = current_tenant_id() and session_id = $1 and seq > $2 order by seq limit $3`,
    values: [conversationId, page.after, page.limit],
  });
}

/** Returns the number of the last event of a conversation of the caller, or undefined. */
export async function findChatSeq(queryable: Queryable, conversationId: string): Promise<number | undefined> {
  const [row] = await queryable.query<{ event_seq: number }>({
    name: 'find_chat_seq',
    text: 'select event_seq from chat_sessions where id = $1',
    values: [conversationId],
  });
  return row?.event_seq;
}
