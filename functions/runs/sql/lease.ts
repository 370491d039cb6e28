import type { Queryable } from '../../platform/database/database.ts';

/** Who holds leases that have not expired, of all tenants; the definer function `list_lease_holders`. */
export async function listLeaseHolders(system: Queryable): Promise<string[]> {
  const rows = await system.query<{ holder: string }>({
    name: 'list_lease_holders',
    text: 'select holder from list_lease_holders() as holder',
  });
  return rows.map((row) => row.holder);
}

/** Ends the leases of holders that are known to be dead; the definer function `expire_leases`. Answers how many. */
export async function expireLeases(system: Queryable, holders: readonly string[]): Promise<number> {
  const [row] = await system.query<{ expired: number }>({
    name: 'expire_leases',
    text: 'select expire_leases($1) as expired',
    values: [holders],
  });
  return row?.expired ?? 0;
}
