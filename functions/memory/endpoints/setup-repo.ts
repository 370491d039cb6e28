import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { createId } from '../../platform/id.ts';
import { RepositoryStatus, repositoryStatus } from '../branch/repository-status.ts';
import { Ontology } from '../entities/ontology.ts';
import { findRepository, insertRepository, updateConsolidates, updateOntology } from '../sql/memory-repository.ts';

/**
 * Makes the caller's memory repository, 201, or changes the kinds of entity of the one that is there, 200; files that are there stay where they are. The first
 * session makes one as well.
 */
export const setupRepo = endpoint({
  name: 'memory-setup-repo',
  route: 'POST /api/v1/repos/setup',
  access: 'memory:write',
  summary: 'Sets up your memory repository.',
  body: z.strictObject({
    ontology: Ontology.optional().meta({ description: 'Personal at first; left out, it stays as it is' }),
    consolidates: z
      .boolean()
      .optional()
      .meta({ description: 'Whether your files are consolidated daily, unasked; true at first' }),
  }),
  reply: { 200: RepositoryStatus, 201: RepositoryStatus },
}).handle(async ({ body, transaction, caller }) => {
  const existing = await findRepository(transaction);
  await insertRepository(transaction, { id: createId('repo'), ...caller, ontology: body.ontology ?? 'personal' });
  if (body.ontology !== undefined) await updateOntology(transaction, body.ontology);
  if (body.consolidates !== undefined) await updateConsolidates(transaction, body.consolidates);
  const status = await repositoryStatus(transaction, caller.userId);
  if (status === undefined) throw new Error('A repository is not there right after it was made');
  return existing === undefined ? { status: 201, body: status } : { status: 200, body: status };
});
