import { environment } from '../environment.ts';
import { log } from '../log.ts';
import type { Queue } from './queue.ts';

let opened: Promise<Queue> | undefined;

/**
 * Returns this process's queue: Cloud Tasks in the cloud; elsewhere the queue that {@link useQueue} set, or one that
 * keeps tasks in the outbox.
 */
export function openQueue(): Promise<Queue> {
  opened ??= connect();
  return opened;
}

/** Sets this process's queue. The local gateway sets the queue that it runs; tests set theirs. */
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
