import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { entityTag } from '../../platform/http/if-match.ts';
import { MemoryKey, MemoryKeyName } from '../memory-key.ts';
import { findMemoryKey } from '../sql/memory-key.ts';

/**
 * Returns a value of the caller's key-value memory, with its version as ETag. Answers 404 for a key that does not exist
 * or is another user's.
 */
export const getKey = endpoint({
  name: 'memory-get-key',
  route: 'GET /api/v1/memory/keys/{key}',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Reads a key of your memory.',
  params: z.strictObject({ key: MemoryKeyName }),
  reply: { 200: MemoryKey },
  hasTag: true,
}).query(async ({ params, read }) => {
  const found = await findMemoryKey(read, params.key);
  if (found === undefined) throw new Problem('not-found', 'There is no such key.');
  return { status: 200, body: found, headers: entityTag(String(found.version)) };
});
