import { z } from 'zod';
import { insertAuditedChange } from '../../platform/audit.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { seal } from '../../platform/secrets/envelope.ts';
import { KeyServiceUnavailable } from '../../platform/secrets/key-encryption.ts';
import { minimumRole } from '../../platform/sign-in/access.ts';
import { MOST_SECRETS, placeOf, Secret, SecretName, SecretValue } from '../secret.ts';
import { findSecretVersion, refuseTooManySecrets, upsertSecret } from '../sql/secrets.ts';

const ACCESS = 'tenant:admin';
const NAME = 'identity-put-secret';
/** Attempts to store the secret while other admins store the same name concurrently. */
const MOST_ATTEMPTS = 3;

/**
 * Creates or replaces a secret of the tenant. For admins. The value is encrypted in this process, outside any
 * transaction, because encryption calls the key service. 502 when the key service does not answer; nothing is stored
 * then.
 */
export const putSecret = endpoint({
  name: NAME,
  route: 'PUT /api/v1/tenant/secrets/{secret}',
  access: ACCESS,
  summary: 'Stores a secret of your tenant. Its value is encrypted and never shown again.',
  params: z.strictObject({ secret: SecretName }),
  body: z.strictObject({ value: SecretValue }),
  reply: { 200: Secret },
}).serve(async ({ params: { secret: name }, body: { value }, database, identity, address, requestId }) => {
  if (identity === undefined) throw new Error('identity-put-secret was called without an identity');
  const scope = { kind: 'caller', identity, access: ACCESS, minimumRole: minimumRole(ACCESS) } as const;
  const caller = database.as(scope);
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const { tenantId, version } = await caller.transaction(async (transaction, entered) => {
      if (entered === undefined) throw new Error('The transaction of identity-put-secret has no caller');
      return { tenantId: entered.tenantId, version: (await findSecretVersion(transaction, name)) + 1 };
    });
    const envelope = await seal(value, placeOf(tenantId, name, version)).catch(explain);
    const stored = await caller.transaction(async (transaction, entered) => {
      // The caller may have moved to another tenant since the first transaction; the envelope is bound to the first
      // one.
      if (entered?.tenantId !== tenantId) return undefined;
      await transaction.query(refuseTooManySecrets(name, MOST_SECRETS));
      const row = await upsertSecret(transaction, { ...envelope, id: createId('sec'), name, version });
      if (row === undefined) return undefined;
      await transaction.query(
        insertAuditedChange({ action: NAME, resource: name, address, requestId, facts: { version } }),
      );
      return row;
    });
    if (stored !== undefined) return { status: 200, body: stored };
  }
  throw new Problem('conflict', `The secret ${name} was changed concurrently. Try again.`);
});

function explain(error: unknown): never {
  if (!(error instanceof KeyServiceUnavailable)) throw error;
  throw new Problem(
    'upstream-failed',
    'The key service does not answer, so the secret was not stored. Try again later.',
    {
      cause: error,
    },
  );
}
