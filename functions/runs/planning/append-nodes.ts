import type { Statement } from '../../platform/database/batch.ts';
import type { ModelChoice } from '../../platform/models/model.ts';
import { insertNodes } from '../sql/node.ts';
import { appendToGraph } from '../sql/planning.ts';
import type { GraphNode } from './graph.ts';

/** A node that joins a run under way. */
interface JoiningNode {
  id: string;
  node: GraphNode;
  choice: ModelChoice;
  /** The step that takes its turns. */
  turnStep: string;
}

/**
 * Returns the statements that add nodes to a run under way: their rows and their place in the graph. The transaction has
 * locked the run. The settling that follows starts them. `decides` replaces the node whose end is the end of the run.
 */
export function appendNodes(runId: string, joining: readonly JoiningNode[], decides?: string): Statement[] {
  const rows = joining.map(({ id, node, choice: { provider, model }, turnStep }) => ({
    id,
    ...node,
    provider,
    model,
    turn_step: turnStep,
  }));
  const nodes = joining.map(({ node }) => node);
  return [insertNodes(runId, rows), appendToGraph(runId, nodes, decides)];
}
