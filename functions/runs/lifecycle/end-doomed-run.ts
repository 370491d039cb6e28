import type { Database } from '../../platform/database/database.ts';
import { log } from '../../platform/log.ts';
import { cancelRun } from './cancel.ts';
import { settleWaitingRuns } from './end-run.ts';
import { appendEvents } from '../sql/event.ts';
import { cancelNodes } from '../sql/node.ts';
import { updateQuestionsWithdrawn } from '../sql/question.ts';
import { lockRun, updateRunEnded } from '../sql/run.ts';
import type { DoomedRun } from '../sql/stalled-node.ts';

const SETTLING_DEAD = 'The run could not be moved on; an admin finds the task among the dead letters.';

/**
 * Ends a run that nothing may go on with. A disabled tenant's is cancelled, as a person would; one whose settling is dead has failed, and reads nothing of its
 * graph, which may be what killed the settling.
 */
export async function endDoomedRun(database: Database, run: DoomedRun): Promise<void> {
  const { tenant_id: tenantId, run_id: runId, reason } = run;
  log('warning', 'a run is ended that nothing may go on with', { tenant_id: tenantId, run_id: runId, reason });
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
