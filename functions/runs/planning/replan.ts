import type { Statement } from '../../platform/database/batch.ts';
import { createId } from '../../platform/id.ts';
import { appendEvents } from '../sql/event.ts';
import { enqueueTurn, insertNodes, type NodeRow } from '../sql/node.ts';
import { replaceGraph } from '../sql/planning.ts';
import { type Graph, withReplan } from './graph.ts';

/**
 * Returns the statements that add and start a planner node for failed nodes; none when no node failed. Nodes that
 * depend on the failed nodes wait until it has ended. It uses the model of the first planner.
 */
export function replanStatements(run: {
  runId: string;
  graph: Graph;
  nodes: readonly NodeRow[];
  failed: readonly string[];
}): Statement[] {
  if (run.failed.length === 0) return [];
  const { graph, node } = withReplan(run.graph, run.failed);
  const [first] = run.nodes;
  if (first === undefined) return [];
  const id = createId('node');
  return [
    replaceGraph(run.runId, run.graph.revision, graph),
    insertNodes(run.runId, [{ id, ...node, provider: first.provider, model: first.model }]),
    appendEvents(run.runId, [
      {
        type: 'run_replanned',
        level: 'warning',
        source: 'system',
        message: `The planner plans again after failures of ${run.failed.join(', ')}`,
        data: { node: node.name, failed: run.failed },
      },
    ]),
    enqueueTurn(id),
  ];
}
