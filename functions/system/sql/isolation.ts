import type { Queryable } from '../../platform/database/database.ts';

export interface Isolation {
  /** The role of the session bypasses row-level security. */
  is_bypassed: boolean;
  /** A session without a tenant sees rows of tenants. */
  sees_rows: boolean;
}

/**
 * Returns whether row-level security isolates tenants for the sessions of this process. Must be called without a
 * tenant.
 */
export async function findIsolation(system: Queryable): Promise<Isolation> {
  const [isolation] = await system.query<Isolation>({
    name: 'find_isolation',
    text: `select exists (select from pg_roles where rolname = current_user and (rolsuper or rolbypassrls)) as is_bypassed,
        exists (select from tenants) or exists (select from users) as sees_rows`,
  });
  if (isolation === undefined) throw new Error('find_isolation returned no row');
  return isolation;
}
