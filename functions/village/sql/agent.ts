import type { Queryable } from '../../platform/database/database.ts';
import type { VillageAgent } from '../statement.ts';

/** An agent of the current user that speaks. `id` is null before its first statement. */
export interface Speaker {
  name: string;
  id: string | null;
  is_public: boolean;
  known_to: string[];
}

/** Returns the current user's agent of this name, or the one that has the user's own name. */
export async function findSpeaker(queryable: Queryable, name: string | undefined): Promise<Speaker | undefined> {
  const [speaker] = await queryable.query<Speaker>({
    name: 'find_village_speaker',
    text: `select n.name, a.id, coalesce(a.is_public, false) as is_public, coalesce(a.known_to, '{}') as known_to
      from (select u.id, coalesce($1, left(u.display_name, 100)) as name from users u
        where u.tenant_id = current_tenant_id() and u.id = current_user_id()) n
      left join village_agents a on a.tenant_id = current_tenant_id() and a.user_id = n.id and a.name = n.name`,
    values: [name],
  });
  return speaker;
}

/**
 * Creates the current user's agent of this name if it is new, and adds who knows it. Returns its id.
 */
export async function upsertAgent(
  queryable: Queryable,
  agent: { id: string; name: string; isPublic: boolean; knownTo: readonly string[] },
): Promise<string> {
  const [row] = await queryable.query<{ id: string }>({
    name: 'upsert_village_agent',
    text: `insert into village_agents as a (id, tenant_id, user_id, name, is_public, known_to)
      values ($1, current_tenant_id(), current_user_id(), $2, $3, $4)
      on conflict (tenant_id, user_id, name) do update set is_public = a.is_public or excluded.is_public,
        known_to = array(select unnest(a.known_to) union select unnest(excluded.known_to))
      returning a.id`,
    values: [agent.id, agent.name, agent.isPublic, agent.knownTo],
  });
  if (row === undefined) throw new Error('An agent was neither created nor found');
  return row.id;
}

/** Returns the agents with these ids that the current user sees, in any order. */
export async function listAgentsByIds(
  queryable: Queryable,
  ids: readonly string[],
): Promise<{ id: string; user_id: string }[]> {
  if (ids.length === 0) return [];
  return queryable.query({
    name: 'list_village_agents_by_ids',
    text: 'select id, user_id from village_agents where tenant_id = current_tenant_id() and id = any ($1)',
    values: [ids],
  });
}

/** The name of the user of an agent `a`. */
export const OWNER = `(select u.display_name from users u where u.tenant_id = a.tenant_id and u.id = a.user_id) as owner`;

/** Returns the agents that the current user sees and that have this id or this name, at most ten, the oldest first. */
export async function listAgentsByReference(queryable: Queryable, reference: string): Promise<{ id: string }[]> {
  return queryable.query({
    name: 'list_village_agents_by_reference',
    text: `select id from village_agents where tenant_id = current_tenant_id() and (id = $1 or name = $1)
      order by created_at, id limit 10`,
    values: [reference],
  });
}

/** Lists the agents that the current user sees, the newest first. */
export async function listAgents(
  queryable: Queryable,
  page: { after: { created_at: string; id: string } | undefined; limit: number },
): Promise<(VillageAgent & { created_at: string })[]> {
  return queryable.query({
    name: 'list_village_agents',
    text: `select a.id, a.name, a.user_id = current_user_id() as is_own, ${OWNER}, k.statements, k.last_at,
        a.created_at
      from village_agents a cross join lateral (select count(*)::integer as statements, max(k.created_at) as last_at
        from village_knowledge k where k.tenant_id = a.tenant_id and k.agent_id = a.id and k.merged_into is null) k
      where a.tenant_id = current_tenant_id() and ($1::timestamptz is null or (a.created_at, a.id) < ($1, $2))
      order by a.created_at desc, a.id desc limit $3`,
    values: [page.after?.created_at, page.after?.id, page.limit],
  });
}
