import { z } from 'zod';
import { taskType } from '../../platform/queue/task.ts';

/** Rings the step that syncs a person's entity memory with the repository that it is linked with. */
export const SyncRepository = taskType({
  step: 'entities-sync-repo',
  queue: 'memory',
  payload: z.strictObject({ tenant_id: z.string(), user_id: z.string() }),
});
