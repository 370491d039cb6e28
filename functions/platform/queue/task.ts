import { hash } from 'node:crypto';
import type { z } from 'zod';
import type { Statement } from '../database/batch.ts';

/**
 * A type of task: the step that it calls, its queue, and its payload, which contains only ids (Cloud Tasks accepts at
 * most 100 KB). It is declared in a noun file, so that another domain can enqueue the step without importing it.
 */
export interface TaskType<Payload extends z.ZodType = z.ZodType> {
  step: string;
  queue: QueueName;
  payload: Payload;
}

/**
 * Kinds of work that must not slow each other down: `model` waits for models, `control` moves runs on, `memory` learns.
 */
export const QUEUES = {
  model: { maxConcurrentDispatches: 500, maxDispatchesPerSecond: 500 },
  control: { maxConcurrentDispatches: 200, maxDispatchesPerSecond: 500 },
  memory: { maxConcurrentDispatches: 50, maxDispatchesPerSecond: 100 },
} as const;
export type QueueName = keyof typeof QUEUES;

/** A task for a queue. `name` is unique: creating a task again has no effect. */
export interface Task {
  name: string;
  queue: QueueName;
  step: string;
  payload: unknown;
  notBefore?: Date;
}

/** Returns the tenant of a task. Every payload contains it. */
export function tenantOf(task: Task): string {
  const { payload } = task;
  return typeof payload === 'object' && payload !== null && 'tenant_id' in payload ? String(payload.tenant_id) : '';
}

/** Declares a type of task. */
export function taskType<Payload extends z.ZodType<{ tenant_id: string }>>(type: TaskType<Payload>): TaskType<Payload> {
  return type;
}

/**
 * Creates a task. `key` identifies the work: the same key is the same task, also for about an hour after it ran. So
 * repeated work needs a new key, such as one with a generation. The name is a hash, because names with a common prefix
 * are slow in Cloud Tasks.
 */
export function createTask<Payload extends z.ZodType>(
  type: TaskType<Payload>,
  payload: z.input<Payload>,
  key: string,
  notBefore?: Date,
): Task {
  const name = hash('sha256', `${type.step} ${key}`, 'hex').slice(0, 40);
  return {
    name,
    queue: type.queue,
    step: type.step,
    payload: type.payload.parse(payload),
    ...(notBefore ? { notBefore } : {}),
  };
}

/** Inserts the outbox row of a task, in the transaction of the change that caused it. */
export function insertTask(tenantId: string, task: Task): Statement {
  return {
    name: 'insert_task',
    text: `insert into outbox (tenant_id, task_name, queue, step, payload, not_before)
      values ($1, $2, $3, $4, $5, $6) on conflict (task_name) do nothing`,
    values: [tenantId, task.name, task.queue, task.step, JSON.stringify(task.payload), task.notBefore?.toISOString()],
  };
}

/** Inserts the outbox row of a task, as {@link insertTask}, and returns it for whoever sends it after the commit. */
export function insertReturnedTask(tenantId: string, task: Task): Statement {
  const { text, values } = insertTask(tenantId, task);
  return { name: 'insert_returned_task', text: `${text} returning task_name, queue, step, payload`, values };
}
