import type { Queryable } from '../../platform/database/database.ts';

/** Returns the user of a completed council that is to be shared and is not yet; undefined for another run. */
export async function findOwnerToShare(queryable: Queryable, runId: string): Promise<string | undefined> {
  const [row] = await queryable.query<{ user_id: string }>({
    name: 'find_owner_to_share',
    text: `select c.user_id from councils c join sessions s on s.id = c.run_id join users u on u.id = c.user_id
      where c.run_id = $1 and c.share_in_village and c.thread_id is null and s.status = 'completed'`,
    values: [runId],
  });
  return row?.user_id;
}

/** Stores the thread in which a council is shared. Returns false when it has one. */
export async function updateCouncilShared(queryable: Queryable, runId: string, threadId: string): Promise<boolean> {
  const rows = await queryable.query({
    name: 'update_council_shared',
    text: 'update councils set thread_id = $2 where run_id = $1 and thread_id is null returning id',
    values: [runId, threadId],
  });
  return rows.length > 0;
}
