import { onBeforeUnmount, shallowRef } from 'vue';
import { openStream, type StreamEvent, type StreamState } from '../../../api/stream.ts';

const CHANGES = new Set(['message_added', 'answer_started', 'answer_ended', 'conversation_changed']);

interface Heard {
  /** Messages came, an answer began or ended, or the conversation itself changed. */
  onChange: () => void;
  /** Something is proposed to be remembered from this answer. */
  onProposed: (messageId: string) => void;
}

/** Hears what happens in a conversation, in this and in other tabs. */
export function useConversationEvents({ onChange, onProposed }: Heard) {
  const line = shallowRef<StreamState>();
  let close: (() => void) | undefined;
  let isClosed = false;

  function listen(id: string, after: number): void {
    if (isClosed || close !== undefined) return;
    const url = `/api/v1/chat/conversations/${encodeURIComponent(id)}/events`;
    close = openStream({
      // Without a number the stream begins with what comes next.
      url: after === 0 ? `${url}?last_event_id=0` : url,
      after,
      onEvents: hear,
      onState: (state) => {
        line.value = state;
      },
      isLast: () => false,
    });
  }

  function hear(events: readonly StreamEvent[]): void {
    if (events.some(({ type }) => CHANGES.has(type))) onChange();
    for (const { type, data } of events) if (type === 'facts_proposed') onProposed(JSON.parse(data).message_id);
  }

  onBeforeUnmount(() => {
    isClosed = true;
    close?.();
  });
  return { line, listen };
}
