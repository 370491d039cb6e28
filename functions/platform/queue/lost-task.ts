import type { z } from 'zod';
import type { Database, Queryable } from '../database/database.ts';
import { forEachRow, type RowCounts } from '../timer-rows.ts';
import { enqueue } from './enqueue.ts';
import { LOST_AFTER_SECONDS } from './lost-after.ts';
import { createTask, type TaskType } from './task.ts';

/** Rows that one run of a sweeper handles; the next one continues with a larger backlog. */
const BATCH = 500;

/**
 * Enqueues tasks again that the queue has lost. `list` returns the payloads of the work of all tenants that waits
 * without a task, oldest first, with a SQL function that uses `is_forgotten`. A task on its way that is taken for lost
 * costs one delivery without effect. Safe to run concurrently: within a minute the same payload is the same task. A
 * task that cannot be enqueued is logged, and the next run of the timer finds its work again.
 */
export async function enqueueLost<Payload extends z.ZodType<{ tenant_id: string }, { tenant_id: string }>>(
  database: Database,
  type: TaskType<Payload>,
  list: (system: Queryable, graceSeconds: number, limit: number) => Promise<z.input<Payload>[]>,
): Promise<RowCounts> {
  const minute = Math.floor(Date.now() / 60_000);
  const payloads = await list(database.as({ kind: 'system' }), LOST_AFTER_SECONDS, BATCH);
  return forEachRow(
    payloads,
    { failure: 'lost task not enqueued, the next tick retries', fieldsOf: (payload) => ({ step: type.step, payload }) },
    async (payload) => {
      const task = createTask(type, payload, `sweep:${JSON.stringify(payload)}:${minute}`);
      await database
        .as({ kind: 'tenant', tenantId: payload.tenant_id })
        .transaction((transaction) => enqueue(transaction, payload.tenant_id, task));
    },
  );
}
