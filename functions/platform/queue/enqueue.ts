import type { Row } from '../database/batch.ts';
import type { Transaction } from '../database/database.ts';
import { openQueue } from './open-queue.ts';
import { insertTask, QUEUES, type QueueName, type Task } from './task.ts';

/**
 * Inserts the outbox row in the transaction of the change that caused the task, and sends the task right after the
 * commit.
 */
export async function enqueue(transaction: Transaction, tenantId: string, task: Task): Promise<void> {
  await transaction.query(insertTask(tenantId, task));
  transaction.afterCommit(() => sendToQueue(task));
}

/** Sends a task whose outbox row is committed. If this fails, the sweeper sends the task later. */
export async function sendToQueue(task: Task): Promise<void> {
  const queue = await openQueue();
  await queue.create(task);
}

/** Sends the tasks that a SQL function has written to the outbox and returns among its rows, after the commit. */
export async function sendWritten(rows: readonly Row[]): Promise<void> {
  for (const { task_name: name, queue, step, payload } of rows) {
    if (typeof name !== 'string' || typeof step !== 'string' || !isQueue(queue)) continue;
    await sendToQueue({ name, queue, step, payload });
  }
}

/** Whether there is a queue of this name. */
export function isQueue(name: unknown): name is QueueName {
  return typeof name === 'string' && Object.hasOwn(QUEUES, name);
}
