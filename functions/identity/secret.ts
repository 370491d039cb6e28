import { z } from 'zod';
import { idSchema } from '../platform/id.ts';
import type { Place } from '../platform/secrets/envelope.ts';

/**
 * A tenant's secrets are tokens and keys that the product uses for the tenant. No endpoint returns a value: the plain
 * text exists only in the memory of the process that uses it.
 */

/**
 * The tools read `github_token` and `deploy_token`. Only lower case and underscores are allowed, so that two names
 * never differ in case or dashes only.
 */
export const SecretName = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/, 'must be lower-case words with underscores, such as github_token')
  .meta({ description: 'Name of the secret, such as github_token' });

/** 16 KB hold a service account's key file. Blanks and line ends around a value come from copying and are removed. */
export const SecretValue = z
  .string()
  .max(16_384)
  .trim()
  .min(1)
  .refine((value) => !value.includes('\0') && value.isWellFormed(), 'must be well-formed text without NUL')
  .meta({ description: 'The value of the secret. It is never shown again.', writeOnly: true });

export const Secret = z.strictObject({
  id: idSchema('sec'),
  name: z.string(),
  version: z.int().meta({ description: 'Number of times that the secret was stored, from 1' }),
  created_at: z.iso.datetime({ offset: true }),
  updated_at: z.iso.datetime({ offset: true }),
  last_used_at: z.iso.datetime({ offset: true }).nullable(),
});

export const MOST_SECRETS = 100;

/** Returns what the encryption of a secret is bound to: a ciphertext copied to another row cannot be opened. */
export function placeOf(tenantId: string, name: string, version: number): Place {
  return ['tenant-secret', tenantId, name, version];
}
