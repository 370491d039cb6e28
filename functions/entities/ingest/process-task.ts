import { z } from 'zod';
import type { Transaction } from '../../platform/database/database.ts';
import { idSchema } from '../../platform/id.ts';
import { enqueue } from '../../platform/queue/enqueue.ts';
import { createTask, taskType } from '../../platform/queue/task.ts';
import type { Owner } from '../sql/memory-object.ts';

/** Rings the step that stages an archived session, and commits it where the job says so. */
export const ProcessSession = taskType({
  step: 'entities-propose-changes',
  queue: 'memory',
  payload: z.strictObject({ tenant_id: z.string(), user_id: z.string(), job_id: idSchema('job') }),
});

/** Enqueues the step for a job. The same key is enqueued once. */
export async function ringJob(
  transaction: Transaction,
  { tenantId, userId }: Owner,
  job: { id: string; key: string },
): Promise<void> {
  const payload = { tenant_id: tenantId, user_id: userId, job_id: job.id };
  await enqueue(transaction, tenantId, createTask(ProcessSession, payload, job.key));
}
