import type { Database } from '../../platform/database/database.ts';
import { log, logMeasures } from '../../platform/log.ts';
import { enqueue } from '../../platform/queue/enqueue.ts';
import { LOST_AFTER_SECONDS } from '../../platform/queue/lost-after.ts';
import { createTask } from '../../platform/queue/task.ts';
import { timer } from '../../platform/timer.ts';
import { pushTurns } from '../claim.ts';
import { endDoomedRun } from '../lifecycle/end-doomed-run.ts';
import { SettleRun } from '../run.ts';
import { listUnsettledRuns } from '../sql/run.ts';
import { listDoomedRuns, listStalledNodes, releaseStalledNode, type StalledNode } from '../sql/stalled-node.ts';

const BATCH = 500;

/**
 * Finds runs and nodes that should move and do not, and enqueues their next task: an expired lease, a missed wake-up, a
 * lost task, a lost settling. Ends runs that cannot continue. Runs of other engine versions are not touched. A row that
 * fails is logged and counted, does not stop the loop, and is found again by the next run of the timer. The counts are
 * logged in one line, which the metrics read.
 */
export const sweepStalled = timer({ name: 'runs-sweep-stalled', schedule: '* * * * *' }).handle(
  async ({ database }) => {
    const system = database.as({ kind: 'system' });
    const counts = {
      lease_expired: 0,
      wake_up_missed: 0,
      task_lost: 0,
      unsettled_runs: 0,
      doomed_runs: 0,
      failed: 0,
    };
    for (const node of await listStalledNodes(system, LOST_AFTER_SECONDS, BATCH)) {
      await countFailure(counts, node.run_id, async () => {
        if (await release(database, node)) counts[node.reason] += 1;
      });
    }
    for (const run of await listDoomedRuns(system, LOST_AFTER_SECONDS, BATCH)) {
      await countFailure(counts, run.run_id, async () => {
        await endDoomedRun(database, run);
        counts.doomed_runs += 1;
      });
    }
    for (const run of await listUnsettledRuns(system, LOST_AFTER_SECONDS, BATCH)) {
      await countFailure(counts, run.run_id, async () => {
        await settle(database, run);
        counts.unsettled_runs += 1;
      });
    }
    logMeasures('stalled runs swept', counts);
    return counts;
  },
);

async function release(database: Database, node: StalledNode): Promise<boolean> {
  const task = await releaseStalledNode(database.as({ kind: 'tenant', tenantId: node.tenant_id }), node);
  if (task === undefined) return false;
  await pushTurns([{ ...task }]);
  return true;
}

async function settle(database: Database, run: { tenant_id: string; run_id: string }): Promise<void> {
  const minute = Math.floor(Date.now() / 60_000);
  const task = createTask(SettleRun, run, `sweep:${run.run_id}:${minute}`);
  await database
    .as({ kind: 'tenant', tenantId: run.tenant_id })
    .transaction((transaction) => enqueue(transaction, run.tenant_id, task));
}

async function countFailure(counts: { failed: number }, runId: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    counts.failed += 1;
    log('warning', 'stalled row not swept; the next tick retries', { run_id: runId, error });
  }
}
