import { hash } from 'node:crypto';
import type { z } from 'zod';
import type { Statement } from '../database/batch.ts';

/**
 * A kind of task: the step that it rings, the queue that it waits in, and the payload, which carries ids and never data (Cloud Tasks takes 100
 * KB). It lives in a noun file, so that another domain can ring a step without importing it.
 */
export interface TaskType<Payload extends z.ZodType = z.ZodType> {
  step: string;
  queue: QueueName;
  payload: Payload;
}

/** Classes of work that must not slow each other: what waits for models, what keeps books, what learns. */
export const QUEUES = {
  model: { maxConcurrentDispatches: 500, maxDispatchesPerSecond: 500 },
  control: { maxConcurrentDispatches: 200, maxDispatchesPerSecond: 500 },
  memory: { maxConcurrentDispatches: 50, maxDispatchesPerSecond: 100 },
} as const;
export type QueueName = keyof typeof QUEUES;

/** A task as a queue takes it. `name` is unique: creating it twice is creating it once. */
export interface Task {
  name: string;
  queue: QueueName;
  step: string;
  payload: unknown;
  notBefore?: Date;
}

/** Whose work a task is; every kind's payload says it. */
export function tenantOf(task: Task): string {
  const { payload } = task;
  return typeof payload === 'object' && payload !== null && 'tenant_id' in payload ? String(payload.tenant_id) : '';
}

/** Declares a kind of task. */
export function taskType<Payload extends z.ZodType<{ tenant_id: string }>>(type: TaskType<Payload>): TaskType<Payload> {
  return type;
}

/**
 * A task of this kind. `key` names the work: the same key is the same task, also after it ran (for about an hour), so a re-drive takes a new
 * key, by its generation. The name is a hash, because names with a common prefix are slow in Cloud Tasks.
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

/** The outbox row of a task, for the transaction of the change that it follows from. */
export function insertTask(tenantId: string, task: Task): Statement {
  return {
    name: 'insert_task',
    text: `insert into outbox (tenant_id, task_name, queue, step, payload, not_before)
      values ($1, $2, $3, $4, $5, $6) on conflict (task_name) do nothing`,
    values: [tenantId, task.name, task.queue, task.step, JSON.stringify(task.payload), task.notBefore?.toISOString()],
  };
}
