import type { Database } from '../../platform/database/database.ts';
import { logMeasures } from '../../platform/log.ts';
import { LOST_AFTER_SECONDS } from '../../platform/queue/lost-after.ts';
import { enqueueLost } from '../../platform/queue/lost-task.ts';
import { timer } from '../../platform/timer.ts';
import { forEachRow } from '../../platform/timer-rows.ts';
import { pushTurns } from '../claim.ts';
import { endDoomedRun } from '../lifecycle/end-doomed-run.ts';
import { SettleRun } from '../run.ts';
import { listUnsettledRuns } from '../sql/run.ts';
import { listDoomedRuns, listStalledNodes, releaseStalledNode, type StalledNode } from '../sql/stalled-node.ts';

const BATCH = 500;

const FAILURE = {
  failure: 'stalled row not swept; the next tick retries',
  fieldsOf: ({ run_id }: { run_id: string }) => ({ run_id }),
};

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
    const sweep = async <Row extends { run_id: string }>(
      rows: readonly Row[],
      handle: (row: Row) => Promise<unknown>,
    ) => {
      const { done, failed } = await forEachRow(rows, FAILURE, handle);
      counts.failed += failed;
      return done;
    };
    await sweep(await listStalledNodes(system, LOST_AFTER_SECONDS, BATCH), async (node) => {
      if (await release(database, node)) counts[node.reason] += 1;
    });
    counts.doomed_runs = await sweep(await listDoomedRuns(system, LOST_AFTER_SECONDS, BATCH), (run) =>
      endDoomedRun(database, run),
    );
    const unsettled = await enqueueLost(database, SettleRun, listUnsettledRuns);
    counts.unsettled_runs = unsettled.done;
    counts.failed += unsettled.failed;
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
