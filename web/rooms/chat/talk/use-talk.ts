import { useQueryCache } from '@pinia/colada';
import { computed, ref, shallowRef } from 'vue';
import { api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';
import { readAgain } from '../../../api/read-again.ts';
import { announce } from '../../../parts/announce.ts';
import { text } from '../../../text/chat.ts';
import type { Message } from '../chat.ts';
import { withSent } from './branch.ts';
import type { LiveAnswer } from './live-answer.ts';
import { type Sending, sendMessage } from './send-message.ts';
import { useBranch } from './use-branch.ts';
import { useConversationEvents } from './use-conversation-events.ts';
import { useLiveAnswer } from './use-live-answer.ts';

/**
 * One conversation: its messages, its answer under way, and what other tabs do in it. A conversation without an id is
 * new: its first message gives it one, which `onBegun` gets.
 */
export function useTalk(first: string | undefined, onBegun: (id: string) => void) {
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
    else if (live.value !== undefined) forget();
  }

  function end(message: Message): void {
    if (live.value !== undefined) times.value = new Map(times.value).set(message.id, live.value.times);
    replace(message);
    forget();
    isStopping.value = false;
    if (message.status !== 'answering') announce(text.said[message.status]);
  }

  /** @throws ApiError */
  async function send({ content, parentId, model }: Sending): Promise<void> {
    const parent = parentId === undefined ? (branch.value.messages.at(-1)?.id ?? null) : parentId;
    const sent = await sendMessage(id.value, parent, { content, model });
    branch.value = withSent(branch.value, sent.question, sent.answer);
    sentId.value = sent.question.id;
    if (id.value === undefined) {
      id.value = sent.chat;
      listen(sent.chat, 0);
      onBegun(sent.chat);
    }
    followAnswer();
  }

  /** Stops the answer, whoever asked for it. @throws ApiError */
  async function stop(): Promise<void> {
    const answer = answering.value;
    if (answer === undefined) return;
    isStopping.value = true;
    const call = api.POST('/api/v1/chat/messages/{id}/stop', { params: { path: { id: answer.id } } });
    await dataOf(call).catch((cause) => {
      isStopping.value = false;
      throw cause;
    });
  }

  /** Shows the newest branch through a message. @throws ApiError */
  async function show(messageId: string): Promise<void> {
    if (id.value === undefined) return;
    const params = { path: { id: id.value } };
    await dataOf(api.PATCH('/api/v1/chat/conversations/{id}', { params, body: { head_id: messageId } }));
    await refresh();
  }

  void open();
  /** The state of the connection that matters now. */
  const connection = computed(() => (answerLine.value?.kind === 'reconnecting' ? answerLine.value : line.value));
  const shown = { id, conversation, branch, live, times, error, isReady, isStopping, sentId, connection };
  const isAnswering = computed(() => answering.value !== undefined);
  return { ...shown, isAnswering, open, refresh, send, stop, show, replace, loadOlder: () => loadOlder(id.value) };
}
