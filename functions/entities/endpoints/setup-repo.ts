import { z } from 'zod';
import { openGitHubCredential } from '../../identity/github-credential.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { GitHubToken } from '../../platform/git/github.ts';
import { parseRemote } from '../../platform/git/remote.ts';
import { createId } from '../../platform/id.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { RepositoryStatus, repositoryStatus } from '../branch/repository-status.ts';
import { Ontology } from '../files/ontology.ts';
import { findRepository, insertRepository, updateConsolidates, updateOntology } from '../sql/memory-repository.ts';
import { LinkedBranch, prepareLinkedRepository, unlinkRepository } from '../sync/linked-repository.ts';
import { SYNC_DEPLOYMENT, syncNow } from '../sync/sync-now.ts';

/**
 * Creates the caller's memory repository (201) or changes it (200). `ontology` decides the kinds of later entities.
 * `repo_url` (`owner/name` or an https address) links a repository in both directions and syncs it at once. With a
 * stored token it is synced every 5 minutes, without one only by calls that send a token. After a sign-in with GitHub
 * the first sync is part of this call, with the token of the sign-in, which is not stored. The same branch without a
 * token keeps the stored token; `repo_url: null` unlinks and deletes it. Omitted fields stay as they are. The token is
 * encrypted before it reaches the database and is never returned. 422 for an address that is not allowed; 502 when the
 * key service is down, and then nothing changes.
 */
export const setupRepo = endpoint({
  name: 'entities-setup-repo',
  route: 'POST /api/v1/repos/setup',
  access: 'memory:write',
  onBehalfOf: 'new',
  summary: 'Sets up your memory repository and links it with a GitHub repository.',
  body: z
    .strictObject({
      ontology: Ontology.optional().meta({ description: '`personal` for a new repository; unchanged when omitted' }),
      consolidates: z
        .boolean()
        .optional()
        .meta({ description: 'Whether your files are consolidated daily; true for a new repository' }),
      repo_url: z.string().max(300).nullable().optional(),
      branch: LinkedBranch.optional(),
      github_token: GitHubToken.optional(),
    })
    .refine(({ repo_url: url, branch, github_token: token }) => typeof url === 'string' || (!branch && !token), {
      path: ['repo_url'],
      message: 'branch and github_token need a repo_url',
    }),
  reply: { 200: RepositoryStatus, 201: RepositoryStatus },
  deployment: SYNC_DEPLOYMENT,
}).serve(async ({ body, database, identity, signal }) => {
  const { ontology, consolidates, repo_url: repoUrl, branch = 'main', github_token: token } = body;
  const { caller, ...scoped } = await enter(database, identity, 'memory:write');
  const link =
    typeof repoUrl === 'string' ? await prepareLinkedRepository(caller, { repoUrl, branch, token }) : undefined;
  const stored = await scoped.transaction(async (transaction, entered) => {
    // The caller may have joined another tenant since, or a concurrent request has created the subject; the token is
    // encrypted for the first ones.
    if (entered === undefined || entered.tenantId !== caller.tenantId)
      throw new Problem('conflict', 'Your tenant has changed. Try again.');
    if (link !== undefined && entered.userId !== caller.userId)
      throw new Problem('conflict', 'Another request has just created this user_id. Try again.');
    const existing = await findRepository(transaction);
    await insertRepository(transaction, { id: createId('repo'), ...entered, ontology: ontology ?? 'personal' });
    if (ontology !== undefined) await updateOntology(transaction, ontology);
    if (consolidates !== undefined) await updateConsolidates(transaction, consolidates);
    if (link !== undefined) await link(transaction);
    else if (repoUrl === null) await unlinkRepository(transaction);
    const status = await repositoryStatus(transaction, entered.userId);
    return { isNew: existing === undefined, owner: entered, status };
  });
  const { isNew, owner } = stored;
  let { status } = stored;
  const credential =
    typeof repoUrl === 'string' ? openGitHubCredential(identity, parseRemote(repoUrl).host) : undefined;
  if (credential !== undefined && status?.link.status === 'linked' && !status.link.has_token) {
    await syncNow({ database, owner, credential, signal });
    status = await repositoryStatus(scoped, owner.userId);
  }
  if (status === undefined) throw new Error(`The repository of ${owner.userId} is missing right after it was inserted`);
  return isNew ? { status: 201, body: status } : { status: 200, body: status };
});
