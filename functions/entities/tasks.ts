import { z } from 'zod';
import type { Transaction } from '../platform/database/database.ts';
import { idSchema } from '../platform/id.ts';
import { enqueue } from '../platform/queue/enqueue.ts';
import { createTask, taskType } from '../platform/queue/task.ts';
import type { Owner } from './sql/memory-object.ts';

/** Starts the step that proposes and stages the changes of an archived session. */
export const ProposeChanges = taskType({
  step: 'entities-propose-changes',
  queue: 'memory',
  payload: z.strictObject({ tenant_id: z.string(), user_id: z.string(), job_id: idSchema('job') }),
});

/** Enqueues the propose step of a job. The queue drops a second task of the same `key`. */
export async function enqueueProposal(
  transaction: Transaction,
  { tenantId, userId }: Owner,
  job: { id: string; key: string },
): Promise<void> {
  const payload = { tenant_id: tenantId, user_id: userId, job_id: job.id };
  await enqueue(transaction, tenantId, createTask(ProposeChanges, payload, job.key));
}

/** Starts the step that consolidates a user's entity files. */
export const ConsolidateEntities = taskType({
  step: 'entities-consolidate-entities',
  queue: 'memory',
  payload: z.strictObject({ tenant_id: z.string(), user_id: z.string(), consolidation_id: idSchema('con') }),
});

/** Starts the step that syncs a user's memory with the linked repository. */
export const SyncRepository = taskType({
  step: 'entities-sync-repo',
  queue: 'memory',
  payload: z.strictObject({ tenant_id: z.string(), user_id: z.string() }),
});

/** Starts the step of `memory` that learns facts from an archived run. */
export const ExtractFacts = taskType({
  step: 'memory-extract-facts',
  queue: 'memory',
  payload: z.strictObject({ tenant_id: z.string(), run_id: idSchema('run') }),
});
