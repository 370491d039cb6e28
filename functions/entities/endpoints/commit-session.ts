import { z } from 'zod';
import { awaitWork } from '../../platform/await-work.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { EntityPath } from '../files/ontology.ts';
import { Conflict, commitStaged, PROBLEM_JSON, restage } from '../ingest/commit-staged.ts';
import { Job, jobView, Wait } from '../ingest/job.ts';
import { SessionId } from '../ingest/transcript.ts';
import { findJob } from '../sql/memory-job.ts';

/**
 * Commits a staged session. Idempotent. When the branch has moved, the edits are merged by block; 409 with both sides
 * of each conflict, and nothing is committed. With `on_conflict: restage` a conflict answers 202 and the changes are
 * proposed again on the current branch. With `blocks` only the changes of these blocks are committed, as the job's diff
 * names them, and the others are dropped for good; 409 when they cannot be committed alone. To reject a staged session,
 * revert it as a source. A session that is still being processed is committed as soon as it is staged:
 * 202 with the job to poll, or 200 when that is within `?wait=` seconds. 404 for an unknown session; 409 for one that
 * failed or was reverted.
 */
export const commitSession = endpoint({
  name: 'entities-commit-session',
  route: 'POST /api/v1/memory/commit-session',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Commits a staged session to your entities.',
  query: z.strictObject({ wait: Wait }),
  body: z.strictObject({
    session_id: SessionId,
    on_conflict: z.enum(['refuse', 'restage']).default('refuse'),
    blocks: z
      .array(z.strictObject({ path: EntityPath, block: z.string().max(200) }))
      .min(1)
      .max(2000)
      .optional()
      .meta({ description: 'Commits the changes of these blocks only; left out: all changes' }),
  }),
  reply: { 200: Job, 202: Job, 409: Conflict },
}).serve(async ({ body, query, database, identity, signal, hold }) => {
  const scoped = await enter(database, identity, 'memory:write');
  const conflict = await commitStaged(scoped, body.session_id, body.blocks);
  const restages = conflict !== undefined && body.on_conflict === 'restage';
  if (restages) await restage(scoped, body.session_id);
  else if (conflict !== undefined) return { status: 409, body: conflict, headers: PROBLEM_JSON };
  const find = async () => {
    const found = await findJob(scoped, { sessionId: body.session_id });
    if (found === undefined) throw new Error(`The committed session ${body.session_id} has no job`);
    return found;
  };
  const wait = { database, seconds: query.wait, signal, hold };
  const job = restages ? await find() : await awaitWork(wait, find, ({ status }) => status !== 'queued');
  const view = await jobView(scoped, job);
  return restages || job.status === 'queued' ? { status: 202, body: view } : { status: 200, body: view };
});
