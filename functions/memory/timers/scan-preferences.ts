import { log } from '../../platform/log.ts';
import { timer } from '../../platform/timer.ts';
import { scanRuns } from '../preferences/scan.ts';
import { listUnscannedPeople } from '../sql/preference.ts';

const BATCH = 200;

/** Looks for preferences in what people wrote in runs that ended since. One person whose runs cannot be read never stops the others. */
export const scanPreferences = timer({ name: 'memory-scan-preferences', schedule: '*/10 * * * *' }).handle(
  async ({ database }) => {
    const counts = { scanned_runs: 0, staged: 0, failed: 0 };
    for (const { tenant_id: tenantId, user_id: userId } of await listUnscannedPeople(
      database.as({ kind: 'system' }),
      BATCH,
    )) {
      try {
        const scanned = await scanRuns(database.as({ kind: 'tenant', tenantId, userId }));
        counts.scanned_runs += scanned.scanned_runs;
        counts.staged += scanned.staged;
      } catch (error) {
        counts.failed += 1;
        log('warning', 'the runs of a person could not be scanned; the next tick tries again', {
          tenant_id: tenantId,
          error,
        });
      }
    }
    return counts;
  },
);
