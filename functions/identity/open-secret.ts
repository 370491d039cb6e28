import type { Queryable } from '../platform/database/database.ts';
import { open } from '../platform/secrets/envelope.ts';
import { SecretText } from '../platform/secrets/secret-text.ts';
import { placeOf } from './secret.ts';
import { findSecretForUse, type SecretUse } from './sql/secrets.ts';

/**
 * Decrypts a secret of the tenant whose scope `database` has, and records the use in the audit log first. Returns
 * undefined when the tenant has no secret of this name.
 * @throws KeyServiceUnavailable when the key service does not answer; Error when the stored row was tampered with
 */
export async function openSecret(database: Queryable, use: SecretUse): Promise<SecretText | undefined> {
  const found = await findSecretForUse(database, use);
  if (found === undefined) return undefined;
  return new SecretText(await open(found, placeOf(found.tenant_id, use.name, found.version)));
}
