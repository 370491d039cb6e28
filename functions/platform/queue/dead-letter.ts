import { hash } from 'node:crypto';
import { cutText } from '../cut-text.ts';
import type { Queryable, Transaction } from '../database/database.ts';
import { sqlState } from '../errors.ts';
import { createId } from '../id.ts';
import { redact } from '../log.ts';
import { enqueue } from './enqueue.ts';
import { isQueueName } from './outbox.ts';
import type { Task } from './task.ts';

/**
 * The tries of a task before it becomes a dead letter. With the queue's backoff of up to five minutes they take about
 * half an hour.
 */
export const MOST_TRIES = 12;

/**
 * A step with its payload. Cloud Tasks has no dead letters and retries for ever, so steps count their retries in the
 * database, before they run. So a task that crashes its instance every time ends too, and an outage of the database
 * uses up no tries. Tasks with the same step and payload share one count.
 */
interface Work {
  step: string;
  queue: string;
  payload: { tenant_id: string };
}

function keyOf({ step, payload }: Work): string {
  return hash('sha256', `${step} ${JSON.stringify(payload)}`, 'hex').slice(0, 40);
}

/**
 * Counts a retry before it runs. Returns false when it must not run, because the tries are used up or the tenant is
 * deleted.
 */
export async function countTry(tenant: Queryable, work: Work): Promise<boolean> {
  try {
    const [row] = await tenant.query<{ attempts: number }>({
      name: 'count_try',
      text: `insert into dead_letters as d (id, tenant_id, step, queue, payload, work, attempts)
        values ($1, current_tenant_id(), $2, $3, $4, $5, 2)
        on conflict (tenant_id, work) do update set attempts = least(d.attempts + 1, $6::integer + 1), tried_at = now(),
          died_at = case when d.attempts >= $6::integer then coalesce(d.died_at, now()) end
        returning attempts`,
      values: [createId('dead'), work.step, work.queue, JSON.stringify(work.payload), keyOf(work), MOST_TRIES],
    });
    return row === undefined || row.attempts <= MOST_TRIES;
  } catch (error) {
    // Foreign key violation: the tenant is deleted.
    if (sqlState(error) === '23503') return false;
    throw error;
  }
}

/** Stores why a counted try failed. */
export async function updateTryFailed(tenant: Queryable, work: Work, error: unknown): Promise<void> {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  await tenant.query({
    name: 'update_try_failed',
    text: 'update dead_letters set error = $2 where tenant_id = current_tenant_id() and work = $1',
    values: [keyOf(work), cutText(redact(text), 500)],
  });
}

/** Deletes the count of work that succeeded. */
export async function deleteTries(tenant: Queryable, work: Work): Promise<void> {
  await tenant.query({
    name: 'delete_tries',
    text: 'delete from dead_letters where tenant_id = current_tenant_id() and work = $1',
    values: [keyOf(work)],
  });
}

export interface DeadLetterRow {
  id: string;
  step: string;
  payload: Record<string, unknown>;
  attempts: number;
  error: string | null;
  created_at: string;
  died_at: string;
}

/** The tenant's dead letters, those that died last first, from after a position. */
export async function listDeadLetters(
  queryable: Queryable,
  page: { limit: number; before: { died_at: string; id: string } | undefined },
): Promise<DeadLetterRow[]> {
  return queryable.query<DeadLetterRow>({
    name: 'list_dead_letters',
    text: `select id, step, payload, attempts, error, created_at, died_at from dead_letters
      where tenant_id = current_tenant_id() and died_at is not null and ($2::timestamptz is null or (died_at, id) < ($2, $3))
      order by died_at desc, id desc limit $1`,
    values: [page.limit, page.before?.died_at, page.before?.id],
  });
}

/**
 * Deletes a dead letter and enqueues its task again. Returns the task, or undefined when the dead letter does not
 * exist.
 */
export async function replayDeadLetter(
  transaction: Transaction,
  tenantId: string,
  id: string,
): Promise<Task | undefined> {
  const [letter] = await transaction.query<{ step: string; queue: string; payload: unknown }>({
    name: 'delete_dead_letter',
    text: `delete from dead_letters where tenant_id = current_tenant_id() and id = $1 and died_at is not null
      returning step, queue, payload`,
    values: [id],
  });
  if (letter === undefined) return undefined;
  const task: Task = {
    name: hash('sha256', `${letter.step} replay:${id}`, 'hex').slice(0, 40),
    queue: isQueueName(letter.queue) ? letter.queue : 'control',
    step: letter.step,
    payload: letter.payload,
  };
  await enqueue(transaction, tenantId, task);
  return task;
}

/** Deletes old counts of all tenants that no retry followed, because another task did the work. Returns how many. */
export async function deleteOldTries(system: Queryable, olderThanSeconds: number): Promise<number> {
  const [row] = await system.query<{ gone: number }>({
    name: 'delete_old_task_tries',
    text: 'select delete_old_task_tries(make_interval(secs => $1::float8)) as gone',
    values: [olderThanSeconds],
  });
  return row?.gone ?? 0;
}
