import { sendToQueue } from '../../platform/queue/enqueue.ts';
import { LOST_AFTER_SECONDS } from '../../platform/queue/lost-after.ts';
import { claimUnsentTasks } from '../../platform/queue/outbox.ts';
import { timer } from '../../platform/timer.ts';

const BATCH = 200;
/** A tick ends before the next begins; a larger backlog is the next tick's. */
const MOST_BATCHES = 50;

/** Creates the tasks that were written down and never created: the process was stopped between, or the queue was out of reach. */
export const sweepOutbox = timer({ name: 'runs-sweep-outbox', schedule: '* * * * *' }).handle(async ({ database }) => {
  const system = database.as({ kind: 'system' });
  let created = 0;
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    const tasks = await claimUnsentTasks(system, LOST_AFTER_SECONDS, BATCH);
    await Promise.all(tasks.map(sendToQueue));
    created += tasks.length;
    if (tasks.length < BATCH) break;
  }
  return { unsent_tasks: created };
});
