import type { z } from 'zod';
import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { Envelope } from '../../platform/secrets/envelope.ts';
import type { Secret } from '../secret.ts';

const COLUMNS = 'id, name, version, created_at, updated_at, last_used_at';

export type SecretRow = z.input<typeof Secret>;

/** Returns the current version of a secret, or 0 when there is none. Deleting a secret resets its version. */
export async function findSecretVersion(database: Queryable, name: string): Promise<number> {
  const [row] = await database.query<{ version: number }>({
    name: 'find_secret_version',
    text: 'select version from tenant_secrets where tenant_id = current_tenant_id() and name = $1',
    values: [name],
  });
  return row?.version ?? 0;
}

/** Lists the tenant's secrets, newest first, beginning after the secret `before`. Ids sort by creation time. */
export async function listSecrets(
  database: Queryable,
  before: string | undefined,
  limit: number,
): Promise<SecretRow[]> {
  return database.query<SecretRow>({
    name: 'list_secrets',
    text: `select ${COLUMNS} from tenant_secrets
      where tenant_id = current_tenant_id() and ($1::text is null or id < $1) order by id desc limit $2`,
    values: [before ?? null, limit],
  });
}

/** Raises AF409 when the tenant has `most` other secrets. */
export function refuseTooManySecrets(name: string, most: number): Statement {
  return {
    name: 'refuse_too_many_secrets',
    text: `select refuse('AF409', 'too many secrets', 'Your tenant has the maximum number of secrets. Delete one first.')
      where (select count(*) from tenant_secrets where tenant_id = current_tenant_id() and name <> $1) >= $2`,
    values: [name, most],
  };
}

/**
 * Inserts or updates a secret, guarded by its version (compare-and-swap). Returns undefined when the version is not the
 * successor of the stored version. An update keeps the id.
 */
export async function upsertSecret(
  database: Queryable,
  secret: Envelope & { id: string; name: string; version: number },
): Promise<SecretRow | undefined> {
  const [row] = await database.query<SecretRow>({
    name: 'upsert_secret',
    text: `insert into tenant_secrets as s (id, tenant_id, name, version, ciphertext, wrapped_key, key_name, updated_by)
      values ($1, current_tenant_id(), $2, $3, $4, $5, $6, current_user_id())
      on conflict (tenant_id, name) do update set version = excluded.version, ciphertext = excluded.ciphertext,
        wrapped_key = excluded.wrapped_key, key_name = excluded.key_name, updated_by = excluded.updated_by, updated_at = now()
      where s.version = excluded.version - 1
      returning ${COLUMNS}`,
    values: [secret.id, secret.name, secret.version, secret.ciphertext, secret.wrapped_key, secret.key_name],
  });
  return row;
}

/** Deletes a secret and its data key. Returns false when there is none. */
export async function deleteSecret(database: Queryable, name: string): Promise<boolean> {
  const rows = await database.query({
    name: 'delete_secret',
    text: 'delete from tenant_secrets where tenant_id = current_tenant_id() and name = $1 returning name',
    values: [name],
  });
  return rows.length > 0;
}

export interface SecretUse {
  name: string;
  /** The reason for the use, such as `push_repository`. */
  purpose: string;
  userId: string;
  runId: string;
}

/** Returns the envelope of a secret and writes the use to the audit log in the same statement. */
export async function findSecretForUse(
  database: Queryable,
  use: SecretUse,
): Promise<(Envelope & { tenant_id: string; version: number }) | undefined> {
  const [row] = await database.query<Envelope & { tenant_id: string; version: number }>({
    name: 'find_secret_for_use',
    text: `with used as (
        update tenant_secrets set last_used_at = now() where tenant_id = current_tenant_id() and name = $1
        returning tenant_id, version, ciphertext, wrapped_key, key_name),
      logged as (
        insert into audit_log (tenant_id, user_id, action, resource, outcome, data)
        select tenant_id, $2::text, 'identity-use-secret', $1::text, 'allowed', jsonb_build_object('version', version, 'purpose', $3::text, 'run_id', $4::text) from used)
      select tenant_id, version, ciphertext, wrapped_key, key_name from used`,
    values: [use.name, use.userId, use.purpose, use.runId],
  });
  return row;
}
