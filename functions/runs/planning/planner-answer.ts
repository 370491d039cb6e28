import type { ModelTurn } from '../../platform/models/model.ts';
import { isPlanner } from './graph.ts';
import { objectIn } from './values.ts';

/** The id of a call that was made from a planner's text; no provider knows it. */
export const ANSWER_AS_CALL = 'answer';

/**
 * Converts a planner's text answer into a call of `submit_plan`, the only way for a planner to end. Text that contains
 * no plan gets the same error answer as an invalid plan. `text` is the whole text when the answer came in parts.
 */
export function asSubmission(node: { worker: string }, turn: ModelTurn, text = turn.text): ModelTurn {
  if (!isPlanner(node) || turn.tool_calls.length > 0 || turn.finish_reason !== 'stop' || turn.fault) return turn;
  return {
    ...turn,
    tool_calls: [{ id: ANSWER_AS_CALL, name: 'submit_plan', arguments: objectIn(text) ?? {} }],
  };
}
