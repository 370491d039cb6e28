import { z } from 'zod';
import { idSchema } from '../platform/id.ts';
import { taskType } from '../platform/queue/task.ts';

/** Rings the step that learns from an archived run; {@link archiveSession} in session.ts writes both. */
export const ExtractFacts = taskType({
  step: 'memory-extract-facts',
  queue: 'memory',
  payload: z.strictObject({ tenant_id: z.string(), run_id: idSchema('run') }),
});
