import { z } from 'zod';
import type { Queryable } from '../platform/database/database.ts';
import { idSchema } from '../platform/id.ts';
import { open, type Place } from '../platform/secrets/envelope.ts';
import { SecretText } from '../platform/secrets/secret-text.ts';
import { findSecretForUse, type SecretUse } from './sql/secrets.ts';

/**
 * Secrets of a tenant: tokens and keys that we use on its behalf. They are written and never read back; the plain text exists in the memory of the
 * process that uses it, for as long as it uses it.
 */

/** `github_token` and `deploy_token` are what the tools ask for; a model provider's key is `<provider>_api_key`. Case and dashes cannot be mistaken. */
export const SecretName = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/, 'must be lower-case words with underscores, such as github_token')
  .meta({ description: 'Name of the secret, such as github_token' });

/** Large enough for a service account's key; spaces and line ends around it come from copying. */
export const SecretValue = z
  .string()
  .max(16_384)
  .trim()
  .min(1)
  .refine((value) => !value.includes('\0') && value.isWellFormed(), 'must be text without NUL')
  .meta({ description: 'The secret itself; it is never shown again', writeOnly: true });

export const Secret = z.strictObject({
  id: idSchema('sec'),
  name: z.string(),
  version: z.int().meta({ description: 'Counts how often it was put' }),
  created_at: z.iso.datetime({ offset: true }),
  updated_at: z.iso.datetime({ offset: true }),
  last_used_at: z.iso.datetime({ offset: true }).nullable(),
});

export const MOST_SECRETS = 100;

/** Where a secret belongs: what its encryption is bound to. */
export function placeOf(tenantId: string, name: string, version: number): Place {
  return ['tenant-secret', tenantId, name, version];
}

/**
 * A secret of the tenant in whose scope `database` is, for one use that goes on record. Undefined when the tenant has none of this name.
 * @throws KeyServiceUnavailable when it cannot be decrypted now; Error when it was tampered with
 */
export async function openSecret(database: Queryable, use: SecretUse): Promise<SecretText | undefined> {
  const found = await findSecretForUse(database, use);
  if (found === undefined) return undefined;
  return new SecretText(await open(found, placeOf(found.tenant_id, use.name, found.version)));
}
