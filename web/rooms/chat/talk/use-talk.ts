import { useQueryCache } from '@pinia/colada';
import { computed, ref, shallowRef } from 'vue';
import { readAgain } from '../../../api/read-again.ts';
import { announce } from '../../../parts/announce.ts';
import { text } from '../../../text/chat.ts';
import type { Message } from '../chat.ts';
import type { LiveAnswer } from './live-answer.ts';
import { useBranch } from './use-branch.ts';
import { useConversationEvents } from './use-conversation-events.ts';
import { useLiveAnswer } from './use-live-answer.ts';

/**
 * One conversation: its messages, its answer under way, and what other tabs do in it. A conversation without an id is
 * new: its first message gives it one. `talk-actions.ts` has what changes it.
 */
export function useTalk(first: string | undefined) {
  const cache = useQueryCache();
  const id = ref(first);
  const { conversation, branch, read, loadOlder, readMessage, replace } = useBranch();
  const { live, connection: answerLine, follow, stop: forget } = useLiveAnswer(end);
  const { line, listen } = useConversationEvents({
    onChange: () => void refresh(),
    onProposed: (messageId) => void readMessage(messageId).catch(() => undefined),
  });
  const error = shallowRef<unknown>();
  const isReady = ref(first === undefined);
  const isStopping = ref(false);
  /** The question that was sent from this tab last: the view moves to it. */
  const sentId = ref<string>();
  /** When thoughts and tools began and ended, of answers that this tab saw. */
  const times = shallowRef<ReadonlyMap<string, LiveAnswer['times']>>(new Map());
  const answering = computed(() => branch.value.messages.find(({ status }) => status === 'answering'));

  async function open(): Promise<void> {
    if (id.value === undefined) return;
    error.value = undefined;
    try {
      await read(id.value);
      isReady.value = true;
      followAnswer();
      listen(id.value, conversation.value?.event_seq ?? 0);
    } catch (cause) {
      error.value = cause;
    }
  }

  /** Reads again after a change. What is shown stays when the server does not answer. */
  async function refresh(): Promise<void> {
    if (id.value === undefined) return;
    await read(id.value).catch(() => undefined);
    followAnswer();
    void readAgain(cache, ['chat', 'list']);
  }

  function followAnswer(): void {
    if (answering.value !== undefined) follow(answering.value);
    else {
      forget();
      isStopping.value = false;
    }
  }

  function end(message: Message): void {
    if (live.value !== undefined) times.value = new Map(times.value).set(message.id, live.value.times);
    replace(message);
    forget();
    isStopping.value = false;
    if (message.status !== 'answering') announce(text.said[message.status]);
  }

  void open();
  /** The state of the connection that matters now. */
  const connection = computed(() => (answerLine.value?.kind === 'reconnecting' ? answerLine.value : line.value));
  const shown = { id, conversation, branch, live, times, error, isReady, isStopping, sentId, connection, answering };
  return { ...shown, open, refresh, listen, followAnswer, loadOlder: () => loadOlder(id.value) };
}

export type Talk = ReturnType<typeof useTalk>;
