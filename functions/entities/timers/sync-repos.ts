import { log } from '../../platform/log.ts';
import { timer } from '../../platform/timer.ts';
import { listDueLinks } from '../sql/memory-link.ts';
import { enqueueSync } from '../sync/linked-repository.ts';

const BATCH = 1000;

/**
 * Enqueues each sync that is due, once between two ticks even if the timer fires twice. A failing row does not stop the
 * loop.
 */
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
        log('warning', 'sync not enqueued; the next tick retries', { tenant_id: tenantId, error });
      }
    }
    return counts;
  },
);
