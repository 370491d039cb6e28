import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { FenceLost, Problem } from '../../platform/errors.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { RepositoryStatus, repositoryStatus } from '../branch/repository-status.ts';
import { Wait } from '../ingest/job.ts';
import { findLink } from '../sql/memory-link.ts';
import { awaitSync } from '../sync/await-sync.ts';
import { GitHubToken } from '../sync/linked-repository.ts';
import { syncLink } from '../sync/sync-link.ts';

/** The call itself is held as long as the sync goes on, when it brings the token. */
const SECONDS = 240;

/**
 * Syncs the caller's memory with the repository that it is linked with, now. With a `github_token`, which is used for this call and stored nowhere, the answer is 200
 * when it is done. Without one the link's own is used: 200 when it is done within `?wait=` seconds, else 202. How it ended stands in `last_sync`: a conflict, or a
 * repository that lets nobody in, is no failure of this call. 404 where nothing is linked; 409 where there is no token, or another sync goes on.
 */
export const startSync = endpoint({
  name: 'entities-start-sync',
  route: 'POST /api/v1/repos/sync',
  access: 'memory:write',
  summary: 'Syncs your memory with the repository that it is linked with.',
  query: z.strictObject({ wait: Wait }),
  body: z.strictObject({ github_token: GitHubToken.optional() }),
  reply: { 200: RepositoryStatus, 202: RepositoryStatus },
  deployment: { timeoutSeconds: 300, memoryMiB: 2048, concurrency: 4 },
}).serve(async ({ body, query, database, identity, signal }) => {
  const { caller, ...scoped } = await enter(database, identity, 'memory:write');
  const link = await findLink(scoped);
  if (link?.status !== 'linked') throw new Problem('not-found', 'Your memory is linked with no repository.');
  const { github_token: credential } = body;
  let isDone = true;
  if (credential !== undefined) {
    const how = await syncLink({ database, owner: caller, credential, seconds: SECONDS, signal }).catch(endedMeanwhile);
    if (how !== 'done')
      throw new Problem('conflict', 'Another sync goes on, or the link was changed. Look at its status.');
  } else if (!link.has_token) {
    throw new Problem('conflict', 'The link has no token: send one, or link the repository again with one.');
  } else isDone = await awaitSync(scoped, caller, { link, seconds: query.wait, signal });
  const status = await repositoryStatus(scoped, caller.userId);
  if (status === undefined) throw new Problem('not-found', 'Your memory is linked with no repository.');
  return isDone ? { status: 200, body: status } : { status: 202, body: status };
});

function endedMeanwhile(error: unknown): 'ended' {
  if (error instanceof FenceLost) return 'ended';
  throw error;
}
