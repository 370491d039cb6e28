import { environment } from '../environment.ts';
import { log } from '../log.ts';
import type { Task } from './task.ts';

/**
 * The queue is a doorbell: state is in Postgres, and a queue only rings a step by HTTP, at least once, in no order. Two adapters: Cloud Tasks, and on a
 * laptop one in this process that pushes the same request with the same headers.
 */
export interface Queue {
  /**
   * Takes a task over. A name that was taken before counts as created. It never throws: what could not be created stays in the outbox, which the
   * sweeper reads.
   */
  create(task: Task): Promise<void>;
  close(): Promise<void>;
}

let opened: Promise<Queue> | undefined;

export function openQueue(): Promise<Queue> {
  opened ??= connect();
  return opened;
}

/** Sets this process's queue; the local gateway does it with the queue that it runs, and tests with theirs. */
export function useQueue(queue: Queue): void {
  opened = Promise.resolve(queue);
}

async function connect(): Promise<Queue> {
  if (environment.isCloud || environment.FUNCTION_URL) {
    const { openCloudTasks } = await import('./cloud-tasks.ts');
    return openCloudTasks();
  }
  log('warning', 'no queue runs in this process: tasks wait in the outbox');
  return { create: async () => undefined, close: async () => undefined };
}
