import { timer } from '../../platform/timer.ts';
import { forgetDeletedRuns } from '../sql/deleted-run.ts';

/** Tombstones that one run of the timer deletes. The next one continues with a larger backlog. */
const BATCH = 10_000;

/** Forgets which runs were deleted, once no client is told any more (`GET /runs/changes`). Idempotent. */
export const forgetDeletedRunsTimer = timer({ name: 'runs-forget-deleted-runs', schedule: '40 * * * *' }).handle(
  async ({ database }) => ({ forgotten_runs: await forgetDeletedRuns(database.as({ kind: 'system' }), BATCH) }),
);
