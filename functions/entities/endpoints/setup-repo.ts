import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { RepositoryStatus, repositoryStatus } from '../branch/repository-status.ts';
import { Ontology } from '../files/ontology.ts';
import { findRepository, insertRepository, updateConsolidates, updateOntology } from '../sql/memory-repository.ts';
import { prepareLinkedRepository, unlinkRepository } from '../sync/link-repository.ts';
import { GitHubToken, LinkedBranch } from '../sync/linked-repository.ts';

/**
 * Makes the caller's memory repository, 201, or changes the one that is there, 200: the kinds of entity that come from now on, and the repository that it is linked
 * with. `repo_url` (`owner/name`, or an https address) links it, both ways and at once; with a token it is synced every 5 minutes, without one when it is asked for
 * with one. Linking the same branch again without a token keeps the one that is there. `repo_url: null` ends the link and destroys its token. What is not given stays
 * as it is. The token is encrypted before it comes near the database and never shown. 422 for an address that this installation does not talk to; 502 when the key
 * service does not answer, and nothing is changed then.
 */
export const setupRepo = endpoint({
  name: 'entities-setup-repo',
  route: 'POST /api/v1/repos/setup',
  access: 'memory:write',
  summary: 'Sets up your memory repository, and links it with one at GitHub.',
  body: z
    .strictObject({
      ontology: Ontology.optional().meta({ description: 'Personal at first; left out, it stays as it is' }),
      consolidates: z
        .boolean()
        .optional()
        .meta({ description: 'Whether your files are consolidated daily, unasked; true at first' }),
      repo_url: z.string().max(300).nullable().optional(),
      branch: LinkedBranch.optional(),
      github_token: GitHubToken.optional(),
    })
    .refine(({ repo_url: url, branch, github_token: token }) => typeof url === 'string' || (!branch && !token), {
      path: ['repo_url'],
      message: 'a branch and a token are those of a repository: give its repo_url, too',
    }),
  reply: { 200: RepositoryStatus, 201: RepositoryStatus },
}).serve(async ({ body, database, identity }) => {
  const { ontology, consolidates, repo_url: repoUrl, branch = 'main', github_token: token } = body;
  const { caller, ...scoped } = await enter(database, identity, 'memory:write');
  const link =
    typeof repoUrl === 'string' ? await prepareLinkedRepository(caller, { repoUrl, branch, token }) : undefined;
  return scoped.transaction(async (transaction, entered) => {
    // Between the two he may have come into another tenant, for which the token was not encrypted.
    if (entered?.tenantId !== caller.tenantId) throw new Problem('conflict', 'Your tenant has changed. Try again.');
    const existing = await findRepository(transaction);
    await insertRepository(transaction, { id: createId('repo'), ...caller, ontology: ontology ?? 'personal' });
    if (ontology !== undefined) await updateOntology(transaction, ontology);
    if (consolidates !== undefined) await updateConsolidates(transaction, consolidates);
    if (link !== undefined) await link(transaction);
    else if (repoUrl === null) await unlinkRepository(transaction);
    const status = await repositoryStatus(transaction, caller.userId);
    if (status === undefined) throw new Error('A repository is not there right after it was made');
    return existing === undefined ? { status: 201, body: status } : { status: 200, body: status };
  });
});
