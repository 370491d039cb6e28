import type { Transaction } from '../database/database.ts';
import { openQueue } from './open-queue.ts';
import { insertTask, type Task } from './task.ts';

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
