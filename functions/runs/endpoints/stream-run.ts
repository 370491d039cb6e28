import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { headerOf } from '../../platform/http/request-head.ts';
import { RunParams } from '../run.ts';
import { findRunStatus } from '../sql/run.ts';
import { streamEvents } from '../stream-events.ts';

/**
 * A run's events as they happen (Server-Sent Events, HTML Living Standard). `id` is the event's number: a reader that comes back with `Last-Event-ID` misses
 * nothing and sees nothing twice. Deltas come without an id. The stream ends after the run's last event.
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
  const after = lastEventId(headerOf(request, 'last-event-id')) ?? query.last_event_id ?? 0;
  if ((await findRunStatus(read, params.id)) === undefined) throw new Problem('not-found', 'There is no such run.');
  return {
    status: 200,
    stream: streamEvents({ database, read, runId: params.id, after, signal }),
    headers: { 'x-accel-buffering': 'no' },
  };
});

/** A reader may send back only what we gave it. @throws Problem 422 */
function lastEventId(header: string | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  if (!/^\d{1,15}$/.test(header))
    throw new Problem('invalid-request', 'Last-Event-ID must be the id of an event of this stream.');
  return Number(header);
}
