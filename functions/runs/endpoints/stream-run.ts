import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { lastEventId } from '../../platform/http/last-event-id.ts';
import { streamEvents } from '../events/follow-run.ts';
import { requireRun } from '../find-run.ts';
import { RunParams } from '../run.ts';

/**
 * Streams a run's events while they happen (Server-Sent Events, HTML Living Standard). `id` is the event's number: a
 * client that reconnects with `Last-Event-ID` receives each event exactly once. Text deltas have no id. The stream ends
 * after the run's last event.
 */
export const streamRun = endpoint({
  name: 'runs-stream-run',
  route: 'GET /api/v1/runs/{id}/events',
  access: 'runs:read',
  summary: "Streams a run's events (SSE); resumes by Last-Event-ID.",
  params: RunParams,
  query: z.strictObject({ last_event_id: z.coerce.number().int().nonnegative().optional() }),
  reply: { 200: 'text/event-stream' },
  deployment: { timeoutSeconds: 3600, concurrency: 200 },
}).query(async ({ params, query, read, request, signal, database }) => {
  const after = lastEventId(request) ?? query.last_event_id ?? 0;
  const run = await requireRun(read, params.id);
  if (after > run.event_seq)
    throw new Problem('malformed-request', `The run has no event ${after} yet; its last event is ${run.event_seq}.`);
  return {
    status: 200,
    stream: streamEvents({ database, read, runId: params.id, after, signal }),
    headers: { 'x-accel-buffering': 'no' },
  };
});
