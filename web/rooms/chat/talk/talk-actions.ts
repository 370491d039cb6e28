import { api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';
import type { Conversation, Message } from '../chat.ts';
import { withSent } from './branch.ts';
import { type Sending, sendMessage } from './send-message.ts';
import type { Talk } from './use-talk.ts';

/** Sends a message and follows its answer. `onBegun` gets the id of a new conversation. @throws ApiError */
export async function send(
  talk: Talk,
  { parentId, ...sending }: Sending,
  onBegun: (id: string) => void,
): Promise<void> {
  const { id, branch, sentId } = talk;
  const parent = parentId === undefined ? (branch.value.messages.at(-1)?.id ?? null) : parentId;
  const sent = await sendMessage(id.value, parent, sending);
  branch.value = withSent(branch.value, sent.question, sent.answer);
  sentId.value = sent.question.id;
  if (id.value === undefined) {
    id.value = sent.chat;
    talk.listen(sent.chat, 0);
    onBegun(sent.chat);
  }
  talk.followAnswer();
}

/** Stops the answer, whoever asked for it. @throws ApiError */
export async function stop({ answering, isStopping }: Talk): Promise<void> {
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
export async function show({ id, refresh }: Talk, messageId: string): Promise<void> {
  if (id.value === undefined) return;
  const params = { path: { id: id.value } };
  await dataOf(api.PATCH('/api/v1/chat/conversations/{id}', { params, body: { head_id: messageId } }));
  await refresh();
}

/** Copies the conversation up to a message into a new one. @throws ApiError */
export async function fork(chat: string, { id }: Message): Promise<Conversation> {
  const call = api.POST('/api/v1/chat/conversations/{id}/fork', {
    params: { path: { id: chat } },
    body: { message_id: id },
  });
  return dataOf(call);
}
