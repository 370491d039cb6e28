import { enqueueLost } from '../../platform/queue/lost-task.ts';
import { timer } from '../../platform/timer.ts';
import { RunImport } from '../import.ts';
import { listForgottenImports } from '../sql/import.ts';

/** Enqueues imports again whose task the queue has lost. They go on from their checkpoint. */
export const sweepImports = timer({ name: 'imports-sweep-imports', schedule: '* * * * *' }).handle(
  async ({ database }) => {
    const { done, failed } = await enqueueLost(database, RunImport, listForgottenImports);
    return { forgotten_imports: done, failed };
  },
);
