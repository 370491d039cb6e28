import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { lastEventId } from '../../platform/http/last-event-id.ts';
import { ConversationParams } from '../chat.ts';
import { requireConversation } from '../find-conversation.ts';
import { conversationStream } from '../follow-conversation.ts';

/**
 * Streams what changes in a conversation (Server-Sent Events): messages, answers that start and end, its title. The
 * text of an answer comes with `GET /chat/messages/{id}/events`. `Last-Event-ID` resumes after a number; without one
 * the stream begins with what comes next.
 */
export const streamConversation = endpoint({
  name: 'chat-stream-conversation',
  route: 'GET /api/v1/chat/conversations/{id}/events',
  access: 'chat:read',
  summary: 'Streams what changes in a conversation (SSE).',
  params: ConversationParams,
  query: z.strictObject({ last_event_id: z.coerce.number().int().nonnegative().optional() }),
  reply: { 200: 'text/event-stream' },
  deployment: { timeoutSeconds: 3600, concurrency: 200 },
}).query(async ({ params, query, read, request, signal, database }) => {
  const { event_seq: last } = await requireConversation(read, params.id);
  const after = lastEventId(request) ?? query.last_event_id ?? last;
  if (after > last)
    throw new Problem('malformed-request', `The conversation has no event ${after} yet; its last is ${last}.`);
  return {
    status: 200,
    stream: conversationStream({ database, read, conversationId: params.id, after, signal }),
    headers: { 'x-accel-buffering': 'no' },
  };
});
