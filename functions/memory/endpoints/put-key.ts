import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { headerOf } from '../../platform/http/request-head.ts';
import { MemoryKey, MemoryKeyName, tagOf } from '../memory-key.ts';
import { findMemoryKey, upsertMemoryKey } from '../sql/memory-key.ts';

/**
 * Writes a key of the caller's key-value memory: 201 for a new key, 200 for an existing one. The last write wins. With
 * `If-Match` the key is written only when it still has that version, otherwise the answer is 409.
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
}).handle(async ({ params, body, request, transaction }) => {
  const expected = versionOf(headerOf(request, 'if-match'));
  const before = await findMemoryKey(transaction, params.key);
  const isAsExpected = expected === undefined || expected === before?.version;
  const written = isAsExpected
    ? await upsertMemoryKey(transaction, { key: params.key, value: body.value, expected })
    : undefined;
  if (written === undefined) throw new Problem('conflict', 'The key does not have the version in If-Match.');
  const answer = { body: written, headers: { etag: tagOf(written.version) } };
  return written.version === 1 ? { status: 201, ...answer } : { status: 200, ...answer };
});

/** Returns the version in an ETag; undefined without a condition. @throws Problem 422 for any other text */
function versionOf(tag: string | undefined): number | undefined {
  if (tag === undefined || tag === '*') return undefined;
  const version = /^"(\d{1,9})"$/.exec(tag)?.[1];
  if (version === undefined)
    throw new Problem('invalid-request', 'If-Match must be the ETag of this key, such as "3".');
  return Number(version);
}
