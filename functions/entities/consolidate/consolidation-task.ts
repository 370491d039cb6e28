import { z } from 'zod';
import { idSchema } from '../../platform/id.ts';
import { taskType } from '../../platform/queue/task.ts';

/** Rings the step that consolidates a person's entity files. */
export const ConsolidateEntities = taskType({
  step: 'entities-consolidate-entities',
  queue: 'memory',
  payload: z.strictObject({ tenant_id: z.string(), user_id: z.string(), consolidation_id: idSchema('con') }),
});
