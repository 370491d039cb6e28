import type { Queryable } from '../../platform/database/database.ts';

export interface LocalAccountRow {
  subject: string;
  email: string;
  password_hash: string;
  display_name: string;
}

/** Inserts an account. Returns false when the address has one already; case does not matter. */
export async function insertLocalAccount(
  database: Queryable,
  person: { subject: string; email: string; displayName: string },
  passwordHash: string,
): Promise<boolean> {
  const rows = await database.query({
    name: 'insert_local_account',
    text: `insert into local_accounts (subject, email, password_hash, display_name) values ($1, $2, $3, $4)
      on conflict do nothing returning subject`,
    values: [person.subject, person.email, passwordHash, person.displayName],
  });
  return rows.length > 0;
}

/** Returns the account of an address. Case does not matter. */
export async function findLocalAccountByEmail(
  database: Queryable,
  email: string,
): Promise<LocalAccountRow | undefined> {
  const [row] = await database.query<LocalAccountRow>({
    name: 'find_local_account_by_email',
    text: 'select subject, email, password_hash, display_name from local_accounts where lower(email) = lower($1)',
    values: [email],
  });
  return row;
}
