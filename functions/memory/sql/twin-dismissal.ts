import type { Queryable } from '../../platform/database/database.ts';

/** Records that two facts of the current user are different. In either order, and once. */
export async function insertTwinDismissal(queryable: Queryable, one: string, other: string): Promise<void> {
  await queryable.query({
    name: 'insert_twin_dismissal',
    text: `insert into memory_twin_dismissals (tenant_id, user_id, one, other)
      values (current_tenant_id(), current_user_id(), least($1::text, $2::text), greatest($1::text, $2::text))
      on conflict do nothing`,
    values: [one, other],
  });
}

/** Takes back that two facts of the current user are different. */
export async function deleteTwinDismissal(queryable: Queryable, one: string, other: string): Promise<void> {
  await queryable.query({
    name: 'delete_twin_dismissal',
    text: `delete from memory_twin_dismissals where tenant_id = current_tenant_id() and user_id = current_user_id()
      and one = least($1::text, $2::text) and other = greatest($1::text, $2::text)`,
    values: [one, other],
  });
}
