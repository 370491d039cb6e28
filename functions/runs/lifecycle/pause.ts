import type { Transaction } from '../../platform/database/database.ts';
import { enqueue } from '../../platform/queue/enqueue.ts';
import { createTask } from '../../platform/queue/task.ts';
import type { RunEvent } from '../events/event.ts';
import { SettleRun } from '../run.ts';
import { appendEvents } from '../sql/event.ts';
import { lockRun, updateRunPaused } from '../sql/run.ts';

/**
 * Pauses a run: no other node starts until it is resumed. Nodes under way finish, and the run ends if they end it.
 * @returns false when the run has ended or was paused already
 */
export async function pauseRun(transaction: Transaction, runId: string): Promise<boolean> {
  return (await setPaused(transaction, runId, true)) !== undefined;
}

/**
 * Resumes a paused run.
 * @returns false when the run has ended or was not paused
 */
export async function resumeRun(transaction: Transaction, tenantId: string, runId: string): Promise<boolean> {
  const seq = await setPaused(transaction, runId, false);
  if (seq === undefined) return false;
  const task = createTask(SettleRun, { tenant_id: tenantId, run_id: runId }, `resume:${runId}:${seq}`);
  await enqueue(transaction, tenantId, task);
  return true;
}

async function setPaused(transaction: Transaction, runId: string, paused: boolean): Promise<number | undefined> {
  await transaction.query(lockRun(runId));
  const seq = await updateRunPaused(transaction, runId, paused);
  if (seq === undefined) return undefined;
  const event: RunEvent = {
    type: paused ? 'run_paused' : 'run_resumed',
    level: 'info',
    source: 'system',
    message: paused ? 'The run is paused' : 'The run goes on',
  };
  await transaction.query(appendEvents(runId, [event]));
  return seq;
}
