import { z } from 'zod';
import { taskType } from '../platform/queue/task.ts';
import { RunId } from '../runs/run.ts';

/** Starts the step that proposes what can be remembered from the answer of a run and the message before it. */
export const LearnFromAnswer = taskType({
  step: 'chat-learn-from-answer',
  queue: 'memory',
  payload: z.strictObject({ tenant_id: z.string(), run_id: RunId }),
});
