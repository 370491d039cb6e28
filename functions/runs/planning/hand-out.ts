import type { ModelTurn } from '../../platform/models/model.ts';
import type { ToolCallRow } from '../sql/turn.ts';
import { assignmentOf } from '../worker.ts';

/** What a chef reads that ends its planning while nobody has work. */
export const NOTHING_HANDED_OUT =
  'You have handed out nothing, so nobody would work. Call send_message once for each worker that you need, with what it has to do. Answer with your plan after that.';

/**
 * Marks the final answer of a chef who plans a sprint and has sent no message to a worker: a sprint is the work of its
 * team, and without a message nobody starts. `calls` are the recorded tool calls of the node.
 */
export function requireHandOut(
  node: { name: string; worker: string },
  turn: ModelTurn,
  calls: readonly ToolCallRow[],
): ModelTurn {
  if (assignmentOf(node) !== 'chef-plan' || turn.tool_calls.length > 0 || turn.finish_reason !== 'stop' || turn.fault)
    return turn;
  const hasSent = calls.some((call) => call.name === 'send_message' && call.status === 'completed' && !call.is_error);
  return hasSent ? turn : { ...turn, fault: NOTHING_HANDED_OUT };
}
