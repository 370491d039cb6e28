import { ExtractFacts } from '../../entities/tasks.ts';
import { enqueueLost } from '../../platform/queue/lost-task.ts';
import { timer } from '../../platform/timer.ts';
import { listForgottenSessions } from '../sql/learning.ts';

/** Enqueues learning again for sessions whose task the queue has lost. */
export const sweepSessions = timer({ name: 'memory-sweep-sessions', schedule: '* * * * *' }).handle(
  async ({ database }) => {
    const { done, failed } = await enqueueLost(database, ExtractFacts, listForgottenSessions);
    return { forgotten_sessions: done, failed };
  },
);
