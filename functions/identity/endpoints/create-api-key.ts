import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { minimumRole } from '../../platform/sign-in/access.ts';
import { createApiKey as generateApiKey } from '../../platform/sign-in/api-key.ts';
import { ApiKey, NewApiKey, scopesBeyond } from '../api-key.ts';
import { insertApiKey } from '../sql/api-keys.ts';

const ACCESS = 'account:write';

/**
 * Makes an API key and shows it this once. Its scopes stay within its creator's role: 403 otherwise. A key cannot make keys, because one that leaked
 * would outlive its own revocation. There is no Idempotency-Key here: the stored answer would hold the secret.
 */
export const createApiKey = endpoint({
  name: 'identity-create-api-key',
  route: 'POST /api/v1/auth/api-keys',
  access: ACCESS,
  summary: 'Makes an API key; the key is shown once.',
  body: NewApiKey,
  reply: { 201: z.strictObject({ ...ApiKey.shape, key: z.string() }) },
}).serve(async ({ body, database, identity }) => {
  if (identity?.kind !== 'token') throw new Problem('forbidden', 'An API key cannot make API keys. Sign in.');
  const scope = { kind: 'caller', identity, access: ACCESS, minimumRole: minimumRole(ACCESS) } as const;
  return database.as(scope).transaction(async (transaction, caller) => {
    const [beyond] = scopesBeyond(caller?.role ?? 'viewer', body.scopes);
    if (beyond !== undefined) throw new Problem('forbidden', `Your role does not carry the scope ${beyond}.`);
    const { text, ...traces } = generateApiKey();
    const { name, scopes, expires_in_days: days } = body;
    const row = await insertApiKey(transaction, { ...traces, name, scopes, days });
    return { status: 201, body: { ...row, key: text } };
  });
});
