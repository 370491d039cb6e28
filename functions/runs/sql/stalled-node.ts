import type { Queryable } from '../../platform/database/database.ts';
import type { RungTask } from './node.ts';

export interface StalledNode {
  tenant_id: string;
  run_id: string;
  node_id: string;
  generation: number;
  reason: 'wake_up_missed' | 'lease_expired' | 'task_lost';
}

/** Nodes of all tenants that should move and do not; the definer function `list_stalled_nodes`. */
export async function listStalledNodes(system: Queryable, graceSeconds: number, limit: number): Promise<StalledNode[]> {
  return system.query<StalledNode>({
    name: 'list_stalled_nodes',
    text: 'select tenant_id, run_id, node_id, generation, reason from list_stalled_nodes(make_interval(secs => $1::float8), $2)',
    values: [graceSeconds, limit],
  });
}

/** Rings a stalled node unless it has moved since it was listed. */
export async function releaseStalledNode(queryable: Queryable, node: StalledNode): Promise<RungTask | undefined> {
  const [task] = await queryable.query<RungTask>({
    name: 'release_stalled_node',
    text: `select r.task_name, r.payload, r.not_before
      from (select id from run_nodes where id = $1 and generation = $2 and status in ('pending', 'running')
        and coalesce(wake_at, lease_until, rung_at) < now() for update skip locked) n
      cross join lateral ring_node(n.id) r`,
    values: [node.node_id, node.generation],
  });
  return task;
}
