import type { Queryable } from '../../platform/database/database.ts';
import type { Thread } from '../statement.ts';

/** A thread with the users who see it; null for the whole tenant. */
export interface ThreadRow extends Thread {
  readers: string[] | null;
}

/**
 * Threads as a reader sees them; $1 is the acting agent (is_heard_by). A thread without a statement for them is none.
 */
const SEEN = `select t.id, t.title, t.readers, count(*)::integer as statements, min(k.created_at) as first_at,
    max(k.created_at) as last_at, jsonb_agg(distinct jsonb_build_object('id', a.id, 'name', a.name)) as agents
  from village_threads t
  join village_knowledge k on k.tenant_id = t.tenant_id and k.thread_id = t.id
  join village_agents a on a.id = k.agent_id
  where t.tenant_id = current_tenant_id() and is_heard_by($1, k.realm, k.agent_id, k.sides)`;

/** Lists threads, the one with the newest statement first. */
export async function listThreads(
  queryable: Queryable,
  page: { after: { last_at: string; id: string } | undefined; limit: number },
): Promise<ThreadRow[]> {
  return queryable.query<ThreadRow>({
    name: 'list_village_threads',
    text: `${SEEN} group by t.id
      having $2::timestamptz is null or (max(k.created_at), t.id) < ($2, $3)
      order by max(k.created_at) desc, t.id desc limit $4`,
    values: [null, page.after?.last_at, page.after?.id, page.limit],
  });
}

/** Returns a thread as the acting agent sees it; null: as the current user does. */
export async function findThread(
  queryable: Queryable,
  id: string,
  acting: string | null = null,
): Promise<ThreadRow | undefined> {
  const [thread] = await queryable.query<ThreadRow>({
    name: 'find_village_thread',
    text: `${SEEN} and t.id = $2 group by t.id`,
    values: [acting, id],
  });
  return thread;
}

export async function insertThread(
  queryable: Queryable,
  thread: { id: string; title: string; readers: readonly string[] | null },
): Promise<void> {
  await queryable.query({
    name: 'insert_village_thread',
    text: `insert into village_threads (id, tenant_id, user_id, title, readers)
      values ($1, current_tenant_id(), current_user_id(), $2, $3)`,
    values: [thread.id, thread.title, thread.readers],
  });
}
