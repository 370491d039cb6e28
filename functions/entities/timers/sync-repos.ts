import { timer } from '../../platform/timer.ts';
import { forEachRow } from '../../platform/timer-rows.ts';
import { listDueLinks } from '../sql/memory-link.ts';
import { enqueueSync } from '../sync/linked-repository.ts';

const BATCH = 1000;

/**
 * Enqueues each sync that is due, once between two ticks even if the timer fires twice. A failing row does not stop the
 * loop.
 */
export const syncRepos = timer({ name: 'entities-sync-repos', schedule: '*/5 * * * *' }).handle(
  async ({ database }) => {
    const links = await listDueLinks(database.as({ kind: 'system' }), BATCH);
    const { done, failed } = await forEachRow(
      links,
      {
        failure: 'sync not enqueued; the next tick retries',
        fieldsOf: ({ tenant_id }) => ({ tenant_id }),
      },
      async ({ tenant_id: tenantId, user_id: userId }) =>
        database
          .as({ kind: 'tenant', tenantId, userId })
          .transaction((transaction) => enqueueSync(transaction, { tenantId, userId }, { isAsked: false })),
    );
    return { due_links: done, failed };
  },
);
