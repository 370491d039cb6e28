import { z } from 'zod';
import { openGitHubCredential } from '../../identity/github-credential.ts';
import { awaitWork, type WaitingRequest } from '../../platform/await-work.ts';
import type { Caller, Scoped } from '../../platform/database/database.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { GitHubToken } from '../../platform/git/github.ts';
import { parseRemote } from '../../platform/git/remote.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { RepositoryStatus, repositoryStatus } from '../branch/repository-status.ts';
import { Wait } from '../ingest/job.ts';
import { findLink, type LinkRow } from '../sql/memory-link.ts';
import { enqueueSync } from '../sync/linked-repository.ts';
import { SYNC_DEPLOYMENT, syncNow } from '../sync/sync-now.ts';

/**
 * Syncs the caller's memory with the linked repository now. With `github_token`, which is used for this call and not
 * stored, the answer is 200 after the sync. Without it the stored token is used: 200 when the sync ends within `?wait=`
 * seconds, else 202. Without a stored token the token of the caller's sign-in with GitHub is used. `sync` says how
 * the sync ended; a conflict or a rejected token is not a failure of this call. 404 without a linked repository; 409
 * without any token or while another sync runs.
 */
export const startSync = endpoint({
  name: 'entities-start-sync',
  route: 'POST /api/v1/repos/sync',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Syncs your memory with the linked repository.',
  query: z.strictObject({ wait: Wait }),
  body: z.strictObject({ github_token: GitHubToken.optional() }),
  mayBeEmpty: true,
  reply: { 200: RepositoryStatus, 202: RepositoryStatus },
  deployment: SYNC_DEPLOYMENT,
}).serve(async ({ body, query, database, identity, signal, hold }) => {
  const { caller, ...scoped } = await enter(database, identity, 'memory:write');
  const link = await findLink(scoped);
  if (link?.status !== 'linked')
    throw new Problem('not-found', 'No repository is linked. Link one with POST /repos/setup.');
  const credential =
    body.github_token ?? (link.has_token ? undefined : openGitHubCredential(identity, parseRemote(link.repo_url).host));
  let isDone = true;
  if (credential !== undefined) await syncNow({ database, owner: caller, credential, signal });
  else if (!link.has_token) {
    throw new Problem('conflict', 'No token is stored. Send github_token, or link the repository with a token.');
  } else isDone = await awaitSync(scoped, caller, { link, wait: { database, seconds: query.wait, signal, hold } });
  const status = await repositoryStatus(scoped, caller.userId);
  if (status === undefined) throw new Problem('not-found', 'No repository is linked. Link one with POST /repos/setup.');
  return isDone ? { status: 200, body: status } : { status: 202, body: status };
});

/** Enqueues a sync and waits for it. Returns false when it did not end within these seconds. */
async function awaitSync(
  scoped: Scoped,
  caller: Caller,
  { link, wait }: { link: LinkRow; wait: WaitingRequest },
): Promise<boolean> {
  await scoped.transaction((transaction) => enqueueSync(transaction, caller, { isAsked: true }));
  // A link that was replaced or removed has nothing to wait for.
  const find = async () => ({ id: link.id, now: await findLink(scoped) });
  const hasEnded = ({ now }: { now: LinkRow | undefined }) =>
    now?.id !== link.id || (now.fence > link.fence && !now.is_leased);
  return hasEnded(await awaitWork(wait, find, hasEnded));
}
