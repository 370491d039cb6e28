import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { Conflict, commitStaged, PROBLEM_JSON, restage } from '../ingest/commit-staged.ts';
import { Job, jobView } from '../ingest/job.ts';
import { SessionId } from '../ingest/transcript.ts';
import { findJob } from '../sql/memory-job.ts';

/**
 * Commits a staged session, once; again answers the same commit. Where the branch has moved since, the edits are merged block by block, or the answer is 409
 * with both sides of every block in question and nothing is committed; with `on_conflict: restage` the session is then staged anew on the branch as it is, 202. 404 for no such session; 409 for one that is not staged yet.
 */
export const commitSession = endpoint({
  name: 'entities-commit-session',
  route: 'POST /api/v1/memory/commit-session',
  access: 'memory:write',
  summary: 'Commits a staged session to your entities.',
  body: z.strictObject({ session_id: SessionId, on_conflict: z.enum(['refuse', 'restage']).default('refuse') }),
  reply: { 200: Job, 202: Job, 409: Conflict },
}).serve(async ({ body, database, identity }) => {
  const scoped = await enter(database, identity, 'memory:write');
  const conflict = await commitStaged(scoped, body.session_id);
  const restages = conflict !== undefined && body.on_conflict === 'restage';
  if (restages) await restage(scoped, body.session_id);
  else if (conflict !== undefined) return { status: 409, body: conflict, headers: PROBLEM_JSON };
  const job = await findJob(scoped, { sessionId: body.session_id });
  if (job === undefined) throw new Error('A committed session has no job');
  const view = await jobView(scoped, job);
  return restages ? { status: 202, body: view } : { status: 200, body: view };
});
