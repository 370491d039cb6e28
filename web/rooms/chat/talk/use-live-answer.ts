import { onBeforeUnmount, shallowRef } from 'vue';
import { openStream, type StreamEvent, type StreamState } from '../../../api/stream.ts';
import type { Message } from '../chat.ts';
import { type AnswerEvent, applyEvents, beginLive, type LiveAnswer } from './live-answer.ts';

/**
 * Follows the answer that is being written, from the text so far. What comes is applied once a frame. `onEnd` gets the
 * finished message.
 */
export function useLiveAnswer(onEnd: (message: Message) => void) {
  const live = shallowRef<LiveAnswer & { id: string }>();
  const connection = shallowRef<StreamState>();
  let received: AnswerEvent[] = [];
  let frame = 0;
  let close: (() => void) | undefined;

  function follow(message: Message): void {
    if (live.value?.id === message.id) return;
    stop();
    live.value = { id: message.id, ...beginLive(message) };
    close = openStream({
      url: `/api/v1/chat/messages/${encodeURIComponent(message.id)}/events`,
      after: 0,
      onEvents: gather,
      onState: (state) => {
        connection.value = state;
      },
      isLast: ({ type }) => type === 'end',
    });
  }

  function gather(events: readonly StreamEvent[]): void {
    received.push(...events.map(({ type, data }) => ({ type, data: JSON.parse(data) as Record<string, unknown> })));
    frame ||= requestAnimationFrame(apply);
  }

  function apply(): void {
    frame = 0;
    const events = received;
    received = [];
    if (live.value === undefined) return;
    const { id } = live.value;
    live.value = { id, ...applyEvents(live.value, events, Date.now()) };
    const { ended } = live.value;
    if (ended !== undefined) onEnd(ended);
  }

  /** Forgets the answer, whose message has all of it. */
  function stop(): void {
    close?.();
    close = undefined;
    cancelAnimationFrame(frame);
    frame = 0;
    received = [];
    live.value = undefined;
    connection.value = undefined;
  }

  onBeforeUnmount(stop);
  return { live, connection, follow, stop };
}
