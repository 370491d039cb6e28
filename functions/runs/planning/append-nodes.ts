import type { Statement } from '../../platform/database/batch.ts';
import { createId } from '../../platform/id.ts';
import type { ModelChoice } from '../../platform/models/model.ts';
import { insertNodes } from '../sql/node.ts';
import { appendToGraph } from '../sql/planning.ts';
import type { GraphNode } from './graph.ts';

interface AppendOptions {
  turnStep: string;
  choice: (node: GraphNode) => ModelChoice;
  /** The node whose end is the end of the run from now on. */
  decides?: string;
  /** The id of a node's row; left out: a new one. */
  id?: (node: GraphNode) => string;
}

/**
 * Returns statements that add nodes to a run under way, for a transaction that holds the run, such as one that ends a
 * node. The next settling of the run starts them.
 */
export function appendNodes(
  runId: string,
  nodes: readonly GraphNode[],
  { turnStep, choice, decides, id = () => createId('node') }: AppendOptions,
): Statement[] {
  const rows = nodes.map((node) => ({ id: id(node), ...node, ...choice(node), turn_step: turnStep }));
  return [insertNodes(runId, rows), appendToGraph(runId, nodes, decides)];
}
