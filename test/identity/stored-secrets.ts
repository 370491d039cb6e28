import { openSecret } from '../../functions/identity/open-secret.ts';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { asOwner } from '../support/owner.ts';
import type { Person, Served } from './serve.ts';

/** Names the route of one secret. */
export const secretRoute = (method: string, name: string) => `${method} /api/v1/tenant/secrets/${name}`;

export function putSecret(served: Served, { token }: Person, name: string, value: unknown) {
  return served.call(secretRoute('PUT', name), { token, body: { value } });
}

/** Opens a secret for a user's run. Returns its plain text, or undefined when the tenant has no such secret. */
export async function openAs(person: Person, name: string): Promise<string | undefined> {
  const database = (await openDatabase()).as({ kind: 'tenant', tenantId: person.user.tenant_id });
  const use = { name, purpose: 'push_repository', userId: person.user.id, runId: 'run_x' };
  return (await openSecret(database, use))?.reveal();
}

/** Returns the rows of all secrets of this name, as text. */
export const rowsOf = (name: string) =>
  asOwner('select to_jsonb(s)::text as line from tenant_secrets s where name = $1', [name]);

export const auditOf = (action: string, name: string) =>
  asOwner('select user_id, outcome, ip, data from audit_log where action = $1 and resource = $2 order by id', [
    action,
    name,
  ]);
