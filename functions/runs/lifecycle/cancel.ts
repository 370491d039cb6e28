import type { Transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { settleWaitingRuns } from './end-run.ts';
import { hasEnded } from '../run.ts';
import { appendEvents } from '../sql/event.ts';
import { cancelNodes } from '../sql/node.ts';
import { updateQuestionsWithdrawn } from '../sql/question.ts';
import { findRunStatus, lockRun, updateRunCancelled } from '../sql/run.ts';

/**
 * Cancels a run in whatever state it is, without its workers' help: their claims are zombies from this commit on, which they notice within seconds, the
 * command that one of them runs is killed, and open questions are withdrawn.
 * @returns whether this call cancelled it; false when it had ended before
 * @throws Problem 404
 */
export async function cancelRun(transaction: Transaction, tenantId: string, runId: string): Promise<boolean> {
  await transaction.query(lockRun(runId));
  const run = await findRunStatus(transaction, runId);
  if (run === undefined) throw new Problem('not-found', 'There is no such run.');
  if (hasEnded(run.status)) return false;
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
