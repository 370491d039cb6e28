import { api } from '../../../api/client.ts';
import { once } from '../../../api/once.ts';
import { dataOf } from '../../../api/problem.ts';
import type { Attached, Message } from '../chat.ts';

/** What is sent: words after a message, to the model that is named, or to that of the worker. */
export interface Sending {
  content: string;
  /** The message after which it stands; null at the beginning, undefined after what is shown. */
  parentId: string | null | undefined;
  model: string | undefined;
  attachments: readonly Attached[];
}

/**
 * Sends a message and returns it with its answer, which is being written. The same words are sent once, also when the
 * reply was lost and they are sent again after a reload.
 * @param chat undefined begins a conversation
 * @throws ApiError
 */
export async function sendMessage(
  chat: string | undefined,
  parent: string | null,
  { content, model, attachments }: Omit<Sending, 'parentId'>,
): Promise<{ chat: string; question: Message; answer: Message }> {
  const body = {
    message: content,
    ...(chat === undefined ? {} : { conversation_id: chat, parent_id: parent }),
    ...(model === undefined ? {} : { model }),
    ...(attachments.length === 0 ? {} : { attachments: attachments.map(({ id }) => id) }),
  };
  const { conversation_id: id, message } = await once(JSON.stringify(['chat', body]), (key) =>
    dataOf(
      api.POST('/api/v1/chat/message', {
        params: { query: { wait: 0 } },
        headers: { Accept: 'application/json' },
        body: { ...body, client_id: key },
      }),
    ),
  );
  return {
    chat: id,
    question: { ...questionOf(message, content, parent), attachments: [...attachments] },
    answer: message,
  };
}

/** The question as the server has stored it; the next read replaces it. */
function questionOf(answer: Message, content: string, parent: string | null): Message {
  const id = answer.parent_id ?? '';
  const none = {
    run_id: null,
    model: null,
    error: null,
    tokens: null,
    cost_usd: null,
    memory: [],
    learned: [],
    context: null,
  };
  return {
    ...answer,
    ...none,
    id,
    parent_id: parent,
    role: 'user',
    status: 'complete',
    content,
    parts: [],
    siblings: [id],
  };
}
