import { endpoint } from '../../platform/endpoint.ts';
import { cancelRun } from '../../runs/lifecycle/cancel.ts';
import { Message, MessageParams } from '../chat.ts';
import { requireAnswer, showMessage } from '../find-conversation.ts';

/**
 * Stops an answer, from any tab or client, without the help of the process that writes it. What its readers have of it
 * is kept. The writing process notices within seconds. An answer that has ended is returned as it is.
 */
export const stopMessage = endpoint({
  name: 'chat-stop-message',
  route: 'POST /api/v1/chat/messages/{id}/stop',
  access: 'chat:write',
  summary: 'Stops an answer and keeps what was said.',
  params: MessageParams,
  reply: { 200: Message },
}).handle(async ({ params, transaction, caller }) => {
  const answer = await requireAnswer(transaction, params.id);
  await cancelRun(transaction, caller.tenantId, answer.run_id);
  return { status: 200, body: await showMessage(transaction, params.id) };
});
