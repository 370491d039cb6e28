import { ExtractFacts } from '../../entities/tasks.ts';
import { enqueue } from '../../platform/queue/enqueue.ts';
import { LOST_AFTER_SECONDS } from '../../platform/queue/lost-after.ts';
import { createTask } from '../../platform/queue/task.ts';
import { timer } from '../../platform/timer.ts';
import { forEachRow } from '../../platform/timer-rows.ts';
import { listForgottenSessions } from '../sql/learning.ts';

const BATCH = 500;

/**
 * Enqueues learning again for sessions whose task the queue has lost. An error with one session does not stop the
 * sweep.
 */
export const sweepSessions = timer({ name: 'memory-sweep-sessions', schedule: '* * * * *' }).handle(
  async ({ database }) => {
    const minute = Math.floor(Date.now() / 60_000);
    const sessions = await listForgottenSessions(database.as({ kind: 'system' }), LOST_AFTER_SECONDS, BATCH);
    const { done, failed } = await forEachRow(
      sessions,
      { failure: 'session sweep failed, the next tick retries', fieldsOf: ({ run_id }) => ({ run_id }) },
      async (session) => {
        const task = createTask(ExtractFacts, session, `${session.run_id}:sweep:${minute}`);
        await database
          .as({ kind: 'tenant', tenantId: session.tenant_id })
          .transaction((transaction) => enqueue(transaction, session.tenant_id, task));
      },
    );
    return { forgotten_sessions: done, failed };
  },
);
