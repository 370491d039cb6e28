import { sendToQueue } from '../../platform/queue/enqueue.ts';
import { LOST_AFTER_SECONDS } from '../../platform/queue/lost-after.ts';
import { claimUnsentTasks } from '../../platform/queue/outbox.ts';
import { timer } from '../../platform/timer.ts';

const BATCH = 200;
/** A run of the timer must end before the next one; the next one continues with a larger backlog. */
const MOST_BATCHES = 50;

/**
 * Creates tasks that are in the outbox and not in the queue, because the process stopped after the commit or the queue
 * was unavailable.
 */
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
