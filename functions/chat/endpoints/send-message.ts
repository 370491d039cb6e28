import { z } from 'zod';
import { awaitWork } from '../../platform/await-work.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { headerOf } from '../../platform/http/request-head.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { minimumRole } from '../../platform/sign-in/access.ts';
import { acceptMessage, NewMessageBody } from '../accept-message.ts';
import { answerStream } from '../answer-stream.ts';
import { ConversationId, Message } from '../chat.ts';
import { showMessages } from '../show-messages.ts';
import { findMessage } from '../sql/message.ts';

const ACCESS = 'chat:write';
const Answered = z.strictObject({ conversation_id: ConversationId, message: Message });

/**
 * Sends a message and streams the answer (Server-Sent Events); with `Accept: application/json` the answer comes whole,
 * or as 202 when it takes longer than `wait` seconds. A message without `conversation_id` begins a conversation. Once
 * accepted, the answer goes on when the client leaves: `GET /chat/messages/{id}/events` joins it. The same `client_id`
 * joins the first answer and sends nothing. Answers 409 while another answer of the conversation is under way, and for
 * the `client_id` of another message.
 */
export const sendMessage = endpoint({
  name: 'chat-send-message',
  route: 'POST /api/v1/chat/message',
  access: ACCESS,
  summary: 'Sends a message and streams the answer; with Accept: application/json it comes whole.',
  query: z.strictObject({ wait: z.coerce.number().min(0).max(300).default(120) }),
  body: NewMessageBody,
  bodyLimit: 1024 * 1024,
  idempotent: false,
  reply: { 200: Answered, 202: Answered },
  alternative: 'text/event-stream',
  deployment: { timeoutSeconds: 3600, concurrency: 200, secrets: MODEL_KEYS },
}).serve(async ({ body, query, database, identity, request, signal, hold }) => {
  if (identity === undefined) throw new Error('An endpoint for signed-in callers has no identity');
  const scoped = database.as({ kind: 'caller', identity, access: ACCESS, minimumRole: minimumRole(ACCESS) });
  const accepted = await scoped.transaction((transaction) => acceptMessage(transaction, body));
  const { conversationId, messageId } = accepted;
  if (headerOf(request, 'accept')?.includes('application/json') !== true) {
    const stream = answerStream({ database, read: scoped, ...accepted, after: 0, signal });
    return { status: 200, stream, headers: { 'x-accel-buffering': 'no', 'x-conversation-id': conversationId } };
  }
  const find = async () => {
    const found = await findMessage(scoped, messageId);
    if (found === undefined) throw new Problem('not-found', 'The conversation was deleted.');
    return { ...found, id: accepted.runId };
  };
  const row = await awaitWork({ database, seconds: query.wait, signal, hold }, find, (it) => it.status !== 'answering');
  const [message] = await showMessages(scoped, [{ ...row, id: messageId }]);
  if (message === undefined) throw new Problem('not-found', 'The conversation was deleted.');
  const answered = { conversation_id: conversationId, message };
  return row.status === 'answering' ? { status: 202, body: answered } : { status: 200, body: answered };
});
