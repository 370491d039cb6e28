import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { MemoryKeyName } from '../memory-key.ts';
import { deleteMemoryKey } from '../sql/memory-key.ts';

/** Deletes a key of the caller's key-value memory. Answers 404 for a key that does not exist or is another user's. */
export const deleteKey = endpoint({
  name: 'memory-delete-key',
  route: 'DELETE /api/v1/memory/keys/{key}',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Deletes a key of your memory.',
  params: z.strictObject({ key: MemoryKeyName }),
  reply: { 204: null },
}).handle(async ({ params, transaction }) => {
  if (!(await deleteMemoryKey(transaction, params.key))) throw new Problem('not-found', 'There is no such key.');
  return { status: 204 };
});
