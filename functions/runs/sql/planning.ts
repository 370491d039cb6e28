import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { Graph } from '../planning/graph.ts';

/** Returns a run's graph and the tenant's models for new nodes. */
export async function findRunForPlanning(
  queryable: Queryable,
  runId: string,
): Promise<{ graph_data: unknown; worker_config: unknown }> {
  const [row] = await queryable.query<{ graph_data: unknown; worker_config: unknown }>({
    name: 'find_run_for_planning',
    text: 'select s.graph_data, t.worker_config from sessions s join tenants t on t.id = s.tenant_id where s.id = $1',
    values: [runId],
  });
  if (row === undefined) throw new Error(`The run ${runId} does not exist`);
  return row;
}

/** Replaces a run's graph if its revision has not changed; otherwise the transaction fails with AF409. */
export function replaceGraph(runId: string, revision: number, graph: Graph): Statement {
  return {
    name: 'replace_graph',
    text: 'select replace_graph($1, $2, $3)',
    values: [runId, revision, JSON.stringify(graph)],
  };
}
