import type { Queryable } from '../../platform/database/database.ts';

/** Which models the scope's tenant chose, unparsed, and the day of the database's clock (UTC), `YYYY-MM-DD`. */
export async function findWorkerConfig(queryable: Queryable): Promise<{ worker_config: unknown; today: string }> {
  const [row] = await queryable.query<{ worker_config: unknown; today: string }>({
    name: 'find_memory_worker_config',
    text: `select worker_config, to_char(now() at time zone 'UTC', 'YYYY-MM-DD') as today from tenants where id = current_tenant_id()`,
  });
  if (row === undefined) throw new Error('The tenant of a caller is not there');
  return row;
}
