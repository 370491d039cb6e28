import type { Transaction } from '../../platform/database/database.ts';
import { requireLockedRun } from '../find-run.ts';
import { hasEnded } from '../run.ts';
import { appendEvents } from '../sql/event.ts';
import { cancelNodes } from '../sql/node.ts';
import { updateQuestionsWithdrawn } from '../sql/question.ts';
import { updateRunCancelled } from '../sql/run.ts';
import { settleWaitingRuns } from './end-run.ts';

/**
 * Cancels a run in any state without the help of its workers: with this commit their claims are lost, which they notice
 * within seconds, and a running command is killed. Open questions are withdrawn.
 * @returns true when this call cancelled the run, false when it had already ended
 * @throws Problem 404
 */
export async function cancelRun(transaction: Transaction, tenantId: string, runId: string): Promise<boolean> {
  const { status } = await requireLockedRun(transaction, runId);
  if (hasEnded(status)) return false;
  await transaction.query(cancelNodes(runId));
  await transaction.query(updateQuestionsWithdrawn(runId));
  if (!(await updateRunCancelled(transaction, runId))) return false;
  const event = {
    type: 'run_cancelled',
    level: 'warning',
    source: 'system',
    message: 'The run was cancelled',
  } as const;
  await transaction.query(appendEvents(runId, [event]));
  await settleWaitingRuns(transaction, tenantId, runId);
  return true;
}
