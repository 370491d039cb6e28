import type { Queryable, Role } from '../../platform/database/database.ts';

export interface UserRow {
  id: string;
  email: string;
  display_name: string;
  role: Role;
  tenant_id: string;
}

/**
 * Returns the user with this subject. Creates the user and a new tenant when there is none. Idempotent, also for
 * concurrent calls. `is_signed_out`: the user is disabled or has signed out since this sign-in.
 */
export async function provisionAccount(
  database: Queryable,
  person: { subject: string; email: string; displayName: string; issuedAt: string },
  tenantName: string | undefined,
): Promise<UserRow & { is_signed_out: boolean }> {
  const [row] = await database.query<UserRow & { is_signed_out: boolean }>({
    name: 'provision_account',
    text: `select id, email, display_name, role, tenant_id,
        disabled_at is not null or $5::timestamptz < tokens_valid_after as is_signed_out
      from provision_account($1, $2, $3, $4)`,
    values: [person.subject, person.email, person.displayName, tenantName ?? null, person.issuedAt],
  });
  if (row === undefined) throw new Error('provision_account returned no user');
  return row;
}

/** Returns the caller. */
export async function findCurrentUser(database: Queryable): Promise<(UserRow & { created_at: string }) | undefined> {
  const [row] = await database.query<UserRow & { created_at: string }>({
    name: 'find_current_user',
    text: 'select id, email, display_name, role, tenant_id, created_at from users where id = current_user_id()',
  });
  return row;
}

/** Updates the caller's display name. */
export async function updateCurrentUser(
  database: Queryable,
  displayName: string,
): Promise<(UserRow & { created_at: string }) | undefined> {
  const [row] = await database.query<UserRow & { created_at: string }>({
    name: 'update_current_user',
    text: `update users set display_name = $1, updated_at = now() where id = current_user_id()
      returning id, email, display_name, role, tenant_id, created_at`,
    values: [displayName],
  });
  return row;
}

/**
 * Ends all sign-ins of the caller. Tokens carry their sign-in time in whole seconds, so this ends every sign-in of the
 * current second too. New sign-ins are valid from the next second, which begins after `wait_ms`.
 */
export async function endSignInsOfCurrentUser(database: Queryable): Promise<{ subject: string; wait_ms: number }> {
  const [row] = await database.query<{ subject: string; wait_ms: number }>({
    name: 'end_sign_ins_of_current_user',
    text: `update users set updated_at = now(),
        tokens_valid_after = greatest(tokens_valid_after, date_trunc('second', clock_timestamp()) + interval '1 second')
      where id = current_user_id()
      returning auth_subject as subject, ceil(extract(epoch from tokens_valid_after - clock_timestamp()) * 1000)::int as wait_ms`,
  });
  if (row === undefined) throw new Error('The signed-in user has no row in users');
  return row;
}
