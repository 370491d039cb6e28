import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { lastEventId } from '../../platform/http/last-event-id.ts';
import { findLastSeq, streamEvents } from '../../runs/events/follow-run.ts';
import { CouncilParams } from '../council/council.ts';
import { requireCouncil } from '../council/find-council.ts';

/**
 * Streams a council while it happens (Server-Sent Events): the events of its run, with the same numbers, among them
 * `council_round_started`, `stance_submitted`, `council_interjected` and `round_closed` with what they say as data.
 * `Last-Event-ID` resumes after a number. The stream ends with the council.
 */
export const streamCouncil = endpoint({
  name: 'agents-stream-council',
  route: 'GET /api/v1/agents/council/{id}/events',
  access: 'agents:read',
  summary: "Streams a council's events (SSE); resumes by Last-Event-ID.",
  params: CouncilParams,
  query: z.strictObject({ last_event_id: z.coerce.number().int().nonnegative().optional() }),
  reply: { 200: 'text/event-stream' },
  deployment: { timeoutSeconds: 3600, concurrency: 200 },
}).query(async ({ params, query, read, request, signal, database }) => {
  const after = lastEventId(request) ?? query.last_event_id ?? 0;
  const { run_id: runId } = await requireCouncil(read, params.id);
  const last = (await findLastSeq(read, runId)) ?? 0;
  if (after > last)
    throw new Problem('malformed-request', `The council has no event ${after} yet; its last event is ${last}.`);
  return {
    status: 200,
    stream: streamEvents({ database, read, runId, after, signal }),
    headers: { 'x-accel-buffering': 'no' },
  };
});
