import type { Queryable } from '../../platform/database/database.ts';

export interface Isolation {
  /** The session's role passes row-level security by. */
  is_bypassed: boolean;
  /** A session that named no tenant sees a tenant's row. */
  sees_rows: boolean;
}

/** How well tenants are kept apart for sessions of this process. Call it without a tenant; one row always. */
export async function findIsolation(system: Queryable): Promise<Isolation> {
  const [isolation] = await system.query<Isolation>({
    name: 'find_isolation',
    text: `select exists (select from pg_roles where rolname = current_user and (rolsuper or rolbypassrls)) as is_bypassed,
        exists (select from tenants) or exists (select from users) as sees_rows`,
  });
  if (isolation === undefined) throw new Error('A query without a table answered no row');
  return isolation;
}
