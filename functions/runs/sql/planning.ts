import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { edgesOf, type Graph, type GraphNode } from '../planning/graph.ts';

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

/**
 * Adds nodes to a run's graph, whatever its revision; the caller has locked the run. `decides` replaces the node whose
 * end is the end of the run.
 */
export function appendToGraph(runId: string, nodes: readonly GraphNode[], decides?: string): Statement {
  const change = { nodes, edges: edgesOf(nodes), ...(decides === undefined ? {} : { decides }) };
  return {
    name: 'append_to_graph',
    text: `update sessions set graph_data = graph_data || ($2::jsonb - 'nodes' - 'edges') || jsonb_build_object(
        'nodes', graph_data -> 'nodes' || ($2::jsonb -> 'nodes'), 'edges', graph_data -> 'edges' || ($2::jsonb -> 'edges'),
        'revision', coalesce((graph_data ->> 'revision')::integer, 0) + 1)
      where id = $1`,
    values: [runId, JSON.stringify(change)],
  };
}

/** Replaces a run's graph if its revision has not changed; otherwise the transaction fails with AF409. */
export function replaceGraph(runId: string, revision: number, graph: Graph): Statement {
  return {
    name: 'replace_graph',
    text: 'select replace_graph($1, $2, $3)',
    values: [runId, revision, JSON.stringify(graph)],
  };
}
