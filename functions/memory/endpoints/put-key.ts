import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { entityTag, ifMatchOf } from '../../platform/http/if-match.ts';
import { MemoryKey, MemoryKeyName } from '../memory-key.ts';
import { findMemoryKey, upsertMemoryKey } from '../sql/memory-key.ts';

/**
 * Writes a key of the caller's key-value memory: 201 for a new key, 200 for an existing one. The last write wins. With
 * `If-Match` the key is written only when it still has that version, otherwise the answer is 412.
 */
export const putKey = endpoint({
  name: 'memory-put-key',
  route: 'PUT /api/v1/memory/keys/{key}',
  access: 'memory:write',
  onBehalfOf: 'new',
  summary: 'Writes a key of your memory.',
  params: z.strictObject({ key: MemoryKeyName }),
  body: z.strictObject({ value: z.json() }),
  reply: { 200: MemoryKey, 201: MemoryKey },
  hasTag: true,
}).handle(async ({ params, body, request, transaction }) => {
  const tags = ifMatchOf(request);
  const before = await findMemoryKey(transaction, params.key);
  const isAsExpected = tags === undefined || (before !== undefined && tags.includes(String(before.version)));
  const expected = tags === undefined ? undefined : before?.version;
  const written = isAsExpected
    ? await upsertMemoryKey(transaction, { key: params.key, value: body.value, expected })
    : undefined;
  if (written === undefined)
    throw new Problem('precondition-failed', 'The key does not have the version in If-Match. Read it again.');
  const answer = { body: written, headers: entityTag(String(written.version)) };
  return written.version === 1 ? { status: 201, ...answer } : { status: 200, ...answer };
});
