import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { deleteMemory as deleteMemoryRow } from '../sql/memory.ts';

/**
 * Deletes a fact with its vector: the caller's own, or any fact of the tenant for an admin. The facts that were merged
 * into it are deleted, too; the fact that it had replaced is true again. Answers 403 for a fact that the caller can see
 * but must not delete, 404 for one that they cannot see.
 */
export const deleteMemory = endpoint({
  name: 'memory-delete-memory',
  route: 'DELETE /api/v1/memory/{id}',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Deletes a fact.',
  params: z.strictObject({ id: idSchema('mem') }),
  reply: { 204: null },
}).handle(async ({ params, transaction }) => {
  const outcome = await deleteMemoryRow(transaction, params.id);
  if (outcome === 'missing') throw new Problem('not-found', 'There is no such fact.');
  if (outcome === 'forbidden') throw new Problem('forbidden', 'Only its author or an admin can delete this fact.');
  return { status: 204 };
});
