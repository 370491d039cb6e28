import { timer } from '../../platform/timer.ts';
import { forEachRow } from '../../platform/timer-rows.ts';
import { scanRuns } from '../preferences/scan-runs.ts';
import { listUnscannedPeople } from '../sql/preference.ts';

const BATCH = 200;

/**
 * Stages preferences from what users wrote in ended runs. An error with one user's runs does not stop the scan of the
 * others.
 */
export const scanPreferences = timer({ name: 'memory-scan-preferences', schedule: '*/10 * * * *' }).handle(
  async ({ database }) => {
    const counts = { scanned_runs: 0, staged: 0 };
    const people = await listUnscannedPeople(database.as({ kind: 'system' }), BATCH);
    const { failed } = await forEachRow(
      people,
      {
        failure: 'preference scan failed, the next tick retries',
        fieldsOf: ({ tenant_id }) => ({ tenant_id }),
      },
      async ({ tenant_id: tenantId, user_id: userId }) => {
        const scanned = await scanRuns(database.as({ kind: 'tenant', tenantId, userId }));
        counts.scanned_runs += scanned.scanned_runs;
        counts.staged += scanned.staged;
      },
    );
    return { ...counts, failed };
  },
);
