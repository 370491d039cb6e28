import type { Queryable } from '../database/database.ts';
import { QUEUES, type QueueName, type Task } from './task.ts';

interface OutboxRow {
  tenant_id: string;
  task_name: string;
  queue: string;
  step: string;
  payload: unknown;
  not_before: string | null;
}

/**
 * Claims tasks of all tenants that have waited this long in the outbox, oldest first, so that concurrent sweepers do
 * not take the same tasks. Uses the SECURITY DEFINER function `claim_unsent_tasks`.
 */
export async function claimUnsentTasks(system: Queryable, olderThanSeconds: number, limit: number): Promise<Task[]> {
  const rows = await system.query<OutboxRow>({
    name: 'claim_unsent_tasks',
    text: 'select * from claim_unsent_tasks(make_interval(secs => $1::float8), $2)',
    values: [olderThanSeconds, limit],
  });
  return rows.map((row) => ({
    name: row.task_name,
    queue: isQueueName(row.queue) ? row.queue : 'control',
    step: row.step,
    payload: row.payload,
    ...(row.not_before ? { notBefore: new Date(row.not_before) } : {}),
  }));
}

/** Removes the outbox rows of tasks that a queue has taken over. Idempotent. */
export async function releaseTasks(system: Queryable, names: readonly string[]): Promise<void> {
  await system.query({ name: 'release_tasks', text: 'select release_tasks($1)', values: [names] });
}

export function isQueueName(name: string): name is QueueName {
  return Object.hasOwn(QUEUES, name);
}
