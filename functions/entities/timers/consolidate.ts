import { timer } from '../../platform/timer.ts';
import { forEachRow } from '../../platform/timer-rows.ts';
import { ConsolidationBody, startConsolidation } from '../consolidate/start-consolidation.ts';
import { listUnconsolidatedPeople } from '../sql/memory-consolidation.ts';

/** New commits since the last consolidation; with fewer there is little to consolidate. */
const LEAST_COMMITS = 20;
const MOST = 10_000;

const FAILURE = {
  failure: 'consolidation not started; the next tick retries',
  fieldsOf: ({ tenant_id }: { tenant_id: string }) => ({ tenant_id }),
};

/**
 * Starts the daily consolidation of each user with enough new commits who did not turn it off. Idempotent: one
 * consolidation for each user and day. A failing user does not stop the others; users beyond the limit wait until the
 * next day.
 */
export const consolidate = timer({ name: 'entities-consolidate', schedule: '10 4 * * *' }).handle(
  async ({ database }) => {
    const body = ConsolidationBody.parse({ consolidation_id: `daily-${new Date().toISOString().slice(0, 10)}` });
    const people = await listUnconsolidatedPeople(database.as({ kind: 'system' }), {
      least: LEAST_COMMITS,
      limit: MOST,
    });
    const { done, failed } = await forEachRow(people, FAILURE, async (person) => {
      const owner = { tenantId: person.tenant_id, userId: person.user_id };
      await database
        .as({ kind: 'tenant', ...owner })
        .transaction((transaction) => startConsolidation(transaction, owner, { body, startedBy: 'timer' }));
    });
    return { consolidations: done, failed };
  },
);
