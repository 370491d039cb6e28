import { ExtractFacts } from '../../entities/tasks.ts';
import { log } from '../../platform/log.ts';
import { LOST_AFTER_SECONDS } from '../../platform/queue/lost-after.ts';
import { createTask, enqueue } from '../../platform/queue/task.ts';
import { timer } from '../../platform/timer.ts';
import { listForgottenSessions } from '../sql/learning.ts';

const BATCH = 500;

/** Rings the learning from runs whose task the queue has lost; else nobody would ever learn from them. One bad row never stops the loop. */
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
        log('warning', 'a session could not be swept; the next tick tries again', { run_id: runId, error });
      }
    }
    return counts;
  },
);
