import type { Task } from './task.ts';

/**
 * The queue only delivers notifications: it calls a step over HTTP, at least once, in no order. All state is in
 * Postgres. There are two adapters: Cloud Tasks, and the queue in this process, which pushes the same request with the
 * same headers on a laptop.
 */
export interface Queue {
  /**
   * Takes over a task. A name that was used before counts as created. Never throws: a task that cannot be created stays
   * in the outbox, and the sweeper creates it later.
   */
  create(task: Task): Promise<void>;
  close(): Promise<void>;
}
