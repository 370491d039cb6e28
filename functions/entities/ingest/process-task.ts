import { z } from 'zod';
import { idSchema } from '../../platform/id.ts';
import { taskType } from '../../platform/queue/task.ts';

/** Rings the step that stages an archived session, and commits it where the job says so. */
export const ProcessSession = taskType({
  step: 'entities-propose-changes',
  queue: 'memory',
  payload: z.strictObject({ tenant_id: z.string(), user_id: z.string(), job_id: idSchema('job') }),
});
