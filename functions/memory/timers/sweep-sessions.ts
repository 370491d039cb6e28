import { ExtractFacts } from '../../entities/tasks.ts';
import { log } from '../../platform/log.ts';
import { enqueue } from '../../platform/queue/enqueue.ts';
import { LOST_AFTER_SECONDS } from '../../platform/queue/lost-after.ts';
import { createTask } from '../../platform/queue/task.ts';
import { timer } from '../../platform/timer.ts';
import { listForgottenSessions } from '../sql/learning.ts';

const BATCH = 500;

/**
 * Enqueues learning again for sessions whose task the queue has lost. An error with one session does not stop the
 * sweep.
 */
export const sweepSessions = timer({ name: 'memory-sweep-sessions', schedule: '* * * * *' }).handle(
  async ({ database }) => {
    const counts = { forgotten_sessions: 0, failed: 0 };
    const minute = Math.floor(Date.now() / 60_000);
    for (const session of await listForgottenSessions(database.as({ kind: 'system' }), LOST_AFTER_SECONDS, BATCH)) {
      const { tenant_id: tenantId, run_id: runId } = session;
      try {
        const task = createTask(ExtractFacts, session, `${runId}:sweep:${minute}`);
        await database
          .as({ kind: 'tenant', tenantId })
          .transaction((transaction) => enqueue(transaction, tenantId, task));
        counts.forgotten_sessions += 1;
      } catch (error) {
        counts.failed += 1;
        log('warning', 'session sweep failed, the next tick retries', { run_id: runId, error });
      }
    }
    return counts;
  },
);
