import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Job, Wait } from '../ingest/job.ts';
import { receiveAndWait } from '../ingest/receive-session.ts';
import { SessionBody } from '../ingest/transcript.ts';

/**
 * Takes a session in and stages what it changes: an immutable change set on the branch as it is, shown as a diff, and nothing of it in the files yet. 202 with
 * the job to follow; 200 when it is done within `?wait=` seconds. The same `session_id` again is the same session, whatever it says.
 */
export const receiveSession = endpoint({
  name: 'entities-receive-session',
  route: 'POST /api/v1/memory/process-session',
  access: 'memory:write',
  summary: 'Archives a session and stages what it changes in your entities.',
  query: z.strictObject({ wait: Wait }),
  body: SessionBody,
  bodyLimit: 8 * 1024 * 1024,
  reply: { 200: Job, 202: Job },
}).serve(({ body, query, database, identity, signal }) =>
  receiveAndWait({ database, identity, body, commits: false, waitSeconds: query.wait, signal }),
);
