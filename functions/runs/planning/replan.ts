import type { Statement } from '../../platform/database/batch.ts';
import { createId } from '../../platform/id.ts';
import { type Graph, withReplan } from './graph.ts';
import { appendEvents } from '../sql/event.ts';
import { insertNodes, type NodeRow, enqueueTurn } from '../sql/node.ts';
import { replaceGraph } from '../sql/planning.ts';

/**
 * Lets the planner look at failed nodes: a node of its own in the middle of the run, which starts at once. What waits for the failed ones waits on until it is
 * done. The new planner uses the model of the first.
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
        message: `The planner looks at what failed: ${run.failed.join(', ')}`,
        data: { node: node.name, failed: run.failed },
      },
    ]),
    enqueueTurn(id),
  ];
}
