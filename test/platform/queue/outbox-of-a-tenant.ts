import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { enqueue } from '../../../functions/platform/queue/enqueue.ts';
import { createTask, type Task, taskType } from '../../../functions/platform/queue/task.ts';

/** A task type only for tests. */
export const Ping = taskType({
  step: 'test-ping',
  queue: 'control',
  payload: z.strictObject({ tenant_id: z.string(), number: z.int() }),
});

export function ping(tenantId: string, number: number, notBefore?: Date): Task {
  return createTask(Ping, { tenant_id: tenantId, number }, randomUUID(), notBefore);
}

export async function createTenant(): Promise<string> {
  const database = await openDatabase();
  const [row] = await database.as({ kind: 'system' }).query<{ tenant_id: string }>({
    name: 'test_provision_account',
    text: `select tenant_id from provision_account($1, 'ada@example.com', 'Ada', null)`,
    values: [randomUUID()],
  });
  if (row === undefined) throw new Error('No account was made');
  return row.tenant_id;
}

/** Enqueues the task in a transaction. The process's queue gets it after the commit. */
export async function enqueueFor(tenantId: string, task: Task): Promise<void> {
  const database = await openDatabase();
  await database.as({ kind: 'tenant', tenantId }).transaction((transaction) => enqueue(transaction, tenantId, task));
}

/** Returns the names of tasks that no queue has taken over. */
export async function waitingTasks(tenantId: string): Promise<string[]> {
  const database = await openDatabase();
  const rows = await database.as({ kind: 'tenant', tenantId }).query<{ task_name: string }>({
    name: 'test_waiting_tasks',
    text: 'select task_name from outbox order by id',
  });
  return rows.map((row) => row.task_name);
}
