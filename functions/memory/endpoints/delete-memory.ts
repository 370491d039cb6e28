import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { deleteMemory as removeMemory } from '../sql/memory.ts';

/** Removes a fact for good, with its vector: one's own, or any of the tenant for an admin. Another's fact that the caller cannot see is 404. */
export const deleteMemory = endpoint({
  name: 'memory-delete-memory',
  route: 'DELETE /api/v1/memory/{id}',
  access: 'memory:write',
  summary: 'Removes a fact for good.',
  params: z.strictObject({ id: idSchema('mem') }),
  reply: { 204: null },
}).handle(async ({ params, transaction }) => {
  const outcome = await removeMemory(transaction, params.id);
  if (outcome === 'missing') throw new Problem('not-found', 'There is no such fact.');
  if (outcome === 'forbidden') throw new Problem('forbidden', 'Only its author or an admin can remove this fact.');
  return { status: 204 };
});
