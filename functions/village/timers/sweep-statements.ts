import { enqueueLost } from '../../platform/queue/lost-task.ts';
import { timer } from '../../platform/timer.ts';
import { listForgottenStatements } from '../sql/link.ts';
import { LinkStatement } from '../tasks.ts';

/** Enqueues statements again that are not linked because the queue has lost their task. */
export const sweepStatements = timer({ name: 'village-sweep-statements', schedule: '* * * * *' }).handle(
  async ({ database }) => {
    const { done, failed } = await enqueueLost(database, LinkStatement, listForgottenStatements);
    return { forgotten_statements: done, failed };
  },
);
