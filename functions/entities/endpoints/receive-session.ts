import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Job, Wait } from '../ingest/job.ts';
import { receiveAndWait } from '../ingest/receive-session.ts';
import { SessionBody } from '../ingest/transcript.ts';

/**
 * Receives a session and stages its changes: an immutable change set on the current branch, shown as a diff; no file
 * changes yet. 202 with a job to poll, or 200 when it is done within `?wait=` seconds. Idempotent by `session_id`,
 * whatever else the body says.
 */
export const receiveSession = endpoint({
  name: 'entities-receive-session',
  route: 'POST /api/v1/memory/process-session',
  access: 'memory:write',
  onBehalfOf: 'new',
  summary: 'Receives a session and stages its changes to your entities.',
  query: z.strictObject({ wait: Wait }),
  body: SessionBody,
  bodyLimit: 8 * 1024 * 1024,
  reply: { 200: Job, 202: Job },
}).serve(({ body, query, database, identity, signal, hold }) =>
  receiveAndWait({ identity, body, commits: false, wait: { database, seconds: query.wait, signal, hold } }),
);
