import type { Database } from '../../platform/database/database.ts';
import { log } from '../../platform/log.ts';
import { createTask, enqueue } from '../../platform/queue/task.ts';
import { timer } from '../../platform/timer.ts';
import { ringAll } from '../claim.ts';
import { SettleRun } from '../run.ts';
import { listUnsettledRuns } from '../sql/run.ts';
import { listStalledNodes, releaseStalledNode, type StalledNode } from '../sql/stalled-node.ts';

/** How long a task may be on its way before it counts as lost. */
const GRACE_SECONDS = 60;
const BATCH = 500;

/**
 * Finds what should move and does not (engine.md, rule 6) and rings it: a lease that has expired, a wake-up that was missed, a task that never came, a run
 * whose settling was lost. One bad row never stops the loop: it is logged and counted, and the next tick finds it again.
 */
export const sweepStalled = timer({ name: 'runs-sweep-stalled', schedule: '* * * * *' }).handle(
  async ({ database }) => {
    const system = database.as({ kind: 'system' });
    const counts = { lease_expired: 0, wake_up_missed: 0, task_lost: 0, unsettled_runs: 0, failed: 0 };
    for (const node of await listStalledNodes(system, GRACE_SECONDS, BATCH)) {
      await tried(counts, { run_id: node.run_id }, async () => {
        if (await release(database, node)) counts[node.reason] += 1;
      });
    }
    for (const run of await listUnsettledRuns(system, GRACE_SECONDS, BATCH)) {
      await tried(counts, { run_id: run.run_id }, async () => {
        const minute = Math.floor(Date.now() / 60_000);
        const task = createTask(SettleRun, run, `sweep:${run.run_id}:${minute}`);
        await database
          .as({ kind: 'tenant', tenantId: run.tenant_id })
          .transaction((transaction) => enqueue(transaction, run.tenant_id, task));
        counts.unsettled_runs += 1;
      });
    }
    return counts;
  },
);

async function release(database: Database, node: StalledNode): Promise<boolean> {
  const task = await releaseStalledNode(database.as({ kind: 'tenant', tenantId: node.tenant_id }), node);
  if (task === undefined) return false;
  await ringAll([{ ...task }]);
  return true;
}

async function tried(counts: { failed: number }, subject: { run_id: string }, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    counts.failed += 1;
    log('warning', 'a stalled row could not be swept; the next tick tries again', { ...subject, error });
  }
}
