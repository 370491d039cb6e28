import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { headerOf } from '../../platform/http/request-head.ts';
import { minimumRole } from '../../platform/sign-in/access.ts';
import { createApiKey as generateApiKey } from '../../platform/sign-in/api-key.ts';
import { ApiKey, NewApiKey, ordinaryScopes, scopesBeyond } from '../api-key.ts';
import { insertApiKey } from '../sql/api-keys.ts';

const ACCESS = 'account:write';

/**
 * Creates an API key and returns its secret, which is never shown again. Without scopes the key gets the ordinary ones
 * of its creator's role ({@link ordinaryScopes}). 403 when a scope needs a higher role than the
 * caller's, and when the caller is an API key: a leaked key could otherwise create a successor before it is revoked.
 * Refuses an Idempotency-Key, because the stored answer would contain the secret.
 */
export const createApiKey = endpoint({
  name: 'identity-create-api-key',
  route: 'POST /api/v1/auth/api-keys',
  access: ACCESS,
  summary: 'Creates an API key. The key is shown once.',
  body: NewApiKey,
  mayBeEmpty: true,
  reply: { 201: z.strictObject({ ...ApiKey.shape, key: z.string() }) },
  idempotent: false,
}).serve(async ({ body, database, identity, request }) => {
  if (headerOf(request, 'idempotency-key') !== undefined)
    throw new Problem('invalid-request', 'Creating an API key takes no Idempotency-Key: its answer is shown once.');
  if (identity?.kind !== 'token')
    throw new Problem('forbidden', 'An API key cannot create API keys. Sign in with a password.');
  const scope = { kind: 'caller', identity, access: ACCESS, minimumRole: minimumRole(ACCESS) } as const;
  return database.as(scope).transaction(async (transaction, caller) => {
    const role = caller?.role ?? 'viewer';
    const { name, scopes = ordinaryScopes(role), expires_in_days: days } = body;
    const [beyond] = scopesBeyond(role, scopes);
    if (beyond !== undefined) throw new Problem('forbidden', `Your role does not include the scope ${beyond}.`);
    const { text, ...traces } = generateApiKey();
    const row = await insertApiKey(transaction, { ...traces, name, scopes, days });
    return { status: 201, body: { ...row, key: text } };
  });
});
