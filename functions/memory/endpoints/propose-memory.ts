import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { createId, idSchema } from '../../platform/id.ts';
import { insertMemoryProposal } from '../sql/memory-proposal.ts';

/**
 * Proposes that a fact of the caller's runs becomes trusted: for themselves (`user`), for every run of a worker, or for
 * the whole tenant. The same proposal again returns the same id. Nothing changes before it is decided. Answers 404 for
 * another user's fact and for one that is trusted already.
 */
export const proposeMemory = endpoint({
  name: 'memory-propose-memory',
  route: 'POST /api/v1/memory/proposals',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Proposes a fact of your runs for promotion.',
  body: z
    .strictObject({
      memory_id: idSchema('mem'),
      scope: z.enum(['user', 'worker', 'tenant']).default('user'),
      scope_id: z.string().trim().min(1).max(200).optional(),
      reason: z.string().trim().max(500).default(''),
    })
    .refine(({ scope, scope_id: id }) => (scope === 'worker') === (id !== undefined), {
      path: ['scope_id'],
      message: 'give the name of the worker for the scope worker, and nothing for other scopes',
    }),
  reply: { 201: z.strictObject({ id: idSchema('prop') }) },
}).handle(async ({ body, caller, transaction }) => {
  if (body.scope !== 'user' && caller.userId !== caller.ownerId)
    throw new Problem('forbidden', 'With user_id you can propose facts for the scope user only.');
  const id = await insertMemoryProposal(transaction, {
    id: createId('prop'),
    memoryId: body.memory_id,
    scope: body.scope,
    scopeId: { user: caller.userId, worker: body.scope_id ?? '', tenant: '' }[body.scope],
    reason: body.reason,
  });
  if (id === undefined) throw new Problem('not-found', 'You have no untrusted fact with this id.');
  return { status: 201, body: { id } };
});
