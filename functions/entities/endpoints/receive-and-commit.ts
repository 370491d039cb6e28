import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { Conflict, commitStaged, PROBLEM_JSON } from '../ingest/commit-staged.ts';
import { Job, jobView, Wait } from '../ingest/job.ts';
import { receiveAndWait } from '../ingest/receive-session.ts';
import { SessionBody } from '../ingest/transcript.ts';
import { findJob } from '../sql/memory-job.ts';

/**
 * Receives a session and commits its changes. 202 with a job to poll, or 200 when it is done within `?wait=` seconds. A
 * session that is already staged is committed at once; 409 with both sides when the branch has changed the same blocks.
 */
export const receiveAndCommit = endpoint({
  name: 'entities-receive-and-commit',
  route: 'POST /api/v1/memory/process-and-commit',
  access: 'memory:write',
  onBehalfOf: 'new',
  summary: 'Receives a session and commits its changes to your entities.',
  query: z.strictObject({ wait: Wait }),
  body: SessionBody,
  bodyLimit: 8 * 1024 * 1024,
  reply: { 200: Job, 202: Job, 409: Conflict },
}).serve(async ({ body, query, database, identity, signal, hold }) => {
  const received = await receiveAndWait({
    identity,
    body,
    commits: true,
    wait: { database, seconds: query.wait, signal, hold },
  });
  if (received.body.status !== 'staged') return received;
  const scoped = await enter(database, identity, 'memory:write');
  const conflict = await commitStaged(scoped, received.body.session_id);
  if (conflict !== undefined) return { status: 409, body: conflict, headers: PROBLEM_JSON };
  const job = await findJob(scoped, { id: received.body.id });
  return { status: 200, body: job === undefined ? received.body : await jobView(scoped, job) };
});
