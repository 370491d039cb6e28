import type { Database } from '../../platform/database/database.ts';
import { log } from '../../platform/log.ts';
import { appendEvents } from '../sql/event.ts';
import { cancelNodes } from '../sql/node.ts';
import { updateQuestionsWithdrawn } from '../sql/question.ts';
import { lockRun, updateRunEnded } from '../sql/run.ts';
import type { DoomedRun } from '../sql/stalled-node.ts';
import { cancelRun } from './cancel.ts';
import { settleWaitingRuns } from './end-run.ts';

const SETTLING_DEAD = 'The run could not continue. An admin can find its failed task in the dead letters.';

/**
 * Ends a run that cannot continue. The run of a disabled tenant is cancelled, as a user would do it. A run whose
 * settling task is dead fails; its graph is not read, because the graph may be what makes the settling fail.
 */
export async function endDoomedRun(database: Database, run: DoomedRun): Promise<void> {
  const { tenant_id: tenantId, run_id: runId, reason } = run;
  log('warning', 'run ended because it cannot continue', { tenant_id: tenantId, run_id: runId, reason });
  await database.as({ kind: 'tenant', tenantId }).transaction(async (transaction) => {
    if (reason === 'tenant_disabled') {
      await cancelRun(transaction, tenantId, runId);
      return;
    }
    await transaction.query(lockRun(runId));
    await transaction.query(cancelNodes(runId));
    await transaction.query(updateQuestionsWithdrawn(runId));
    if (!(await updateRunEnded(transaction, runId, { status: 'failed', result: null, error: SETTLING_DEAD }))) return;
    const event = { type: 'run_failed', level: 'error', source: 'system', message: SETTLING_DEAD, data: {} } as const;
    await transaction.query(appendEvents(runId, [event]));
    await settleWaitingRuns(transaction, tenantId, runId);
  });
}
