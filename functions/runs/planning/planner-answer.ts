import type { ModelTurn } from '../../platform/models/model.ts';
import { isPlanner } from './graph.ts';
import { objectIn } from './values.ts';

/** The id of a call that we made of a planner's text; no provider has seen it. */
export const ANSWER_AS_CALL = 'answer';

/**
 * A planner ends only through `submit_plan`. Where it answers with its plan as text, the text is taken as that call, whatever it is: what is no plan
 * comes back with its faults as any other would.
 */
export function asSubmission(node: { worker: string }, turn: ModelTurn): ModelTurn {
  if (!isPlanner(node) || turn.tool_calls.length > 0 || turn.finish_reason !== 'stop') return turn;
  return {
    ...turn,
    tool_calls: [{ id: ANSWER_AS_CALL, name: 'submit_plan', arguments: objectIn(turn.text) ?? {} }],
  };
}
