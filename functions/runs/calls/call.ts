import { z } from 'zod';
import { taskType } from '../../platform/queue/task.ts';
import { RunId, RunStatus, TakeTurn } from '../run.ts';

/**
 * A call of one tool by a user, without a model. It is a run of kind `call` with one node, whose only turn is recorded
 * when the run starts. So the engine runs the call under the same policy, approval, budget and log as a worker's call.
 */

/** The worker of the node. No file declares it, because it has no instruction and no model. */
export const CALLER = 'caller';

/** Runs the call. The engine writes this task for nodes whose `turn_step` it is. */
export const TakeCall: typeof TakeTurn = taskType({
  step: 'runs-take-call',
  queue: 'model',
  payload: TakeTurn.payload,
});

export const Call = z.strictObject({
  run_id: RunId,
  status: RunStatus,
  output: z.string().nullable().meta({ description: 'What a model would read; null until the call has ended' }),
  is_error: z.boolean().nullable().meta({ description: 'Whether the tool refused or failed' }),
  duration_ms: z.int().nullable(),
  question_id: z
    .string()
    .nullable()
    .meta({ description: 'The approval or question that the call waits for; POST /runs/{id}/input answers it' }),
});
export type Call = z.infer<typeof Call>;
