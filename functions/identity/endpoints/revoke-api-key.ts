import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { revokeApiKey as revokeKey } from '../sql/api-keys.ts';

/**
 * Revokes a key at once: a key of the caller, or for admins any key of the tenant. Idempotent. 404 for an unknown key.
 */
export const revokeApiKey = endpoint({
  name: 'identity-revoke-api-key',
  route: 'DELETE /api/v1/auth/api-keys/{id}',
  access: 'account:write',
  summary: 'Revokes an API key, at once.',
  params: z.strictObject({ id: idSchema('key') }),
  reply: { 204: null },
}).handle(async ({ params, transaction, caller }) => {
  const found = await revokeKey(transaction, params.id, caller.role === 'admin');
  if (!found) throw new Problem('not-found', 'There is no such API key.');
  return { status: 204 };
});
