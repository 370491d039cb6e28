import { log } from '../../platform/log.ts';
import { timer } from '../../platform/timer.ts';
import { listDueLinks } from '../sql/memory-link.ts';
import { enqueueSync } from '../sync/link-repository.ts';

const BATCH = 1000;

/** Rings the sync of every memory whose link is due, once each however often the timer fires. One bad row never stops the loop. */
export const syncRepos = timer({ name: 'entities-sync-repos', schedule: '*/5 * * * *' }).handle(
  async ({ database }) => {
    const counts = { due_links: 0, failed: 0 };
    for (const { tenant_id: tenantId, user_id: userId } of await listDueLinks(database.as({ kind: 'system' }), BATCH)) {
      const owner = { tenantId, userId };
      try {
        const isEnqueued = await database
          .as({ kind: 'tenant', ...owner })
          .transaction((transaction) => enqueueSync(transaction, owner, { isAsked: false }));
        if (isEnqueued) counts.due_links += 1;
      } catch (error) {
        counts.failed += 1;
        log('warning', 'a link could not be rung; the next tick tries again', { tenant_id: tenantId, error });
      }
    }
    return counts;
  },
);
