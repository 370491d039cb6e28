import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { lastEventId } from '../../platform/http/last-event-id.ts';
import { findLastSeq } from '../../runs/events/follow-run.ts';
import { answerStream } from '../answer-stream.ts';
import { MessageParams } from '../chat.ts';
import { requireAnswer } from '../find-conversation.ts';

/**
 * Streams an answer (Server-Sent Events): joins one that is under way with the text so far, and tells one that has
 * ended from its records. `Last-Event-ID` resumes after a number; one of another answer gets 400. Any number of readers
 * may follow. 404 when the answer's run was deleted: the message itself has the whole text.
 */
export const streamMessage = endpoint({
  name: 'chat-stream-message',
  route: 'GET /api/v1/chat/messages/{id}/events',
  access: 'chat:read',
  summary: 'Streams an answer (SSE); joins one that is under way.',
  params: MessageParams,
  query: z.strictObject({ last_event_id: z.coerce.number().int().nonnegative().optional() }),
  reply: { 200: 'text/event-stream' },
  deployment: { timeoutSeconds: 3600, concurrency: 200 },
}).query(async ({ params, query, read, request, signal, database }) => {
  const answer = await requireAnswer(read, params.id);
  const ids = { conversationId: answer.conversation_id, messageId: answer.id, runId: answer.run_id };
  const after = lastEventId(request) ?? query.last_event_id ?? 0;
  const last = await findLastSeq(read, answer.run_id);
  if (last === undefined) throw new Problem('not-found', 'The run of this answer was deleted; read the message.');
  if (after > last)
    throw new Problem('malformed-request', `The answer has no event ${after} yet; its last is ${last}.`);
  return {
    status: 200,
    stream: answerStream({ database, read, ...ids, after, signal }),
    headers: { 'x-accel-buffering': 'no' },
  };
});
