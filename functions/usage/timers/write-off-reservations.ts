import { log, logMeasures } from '../../platform/log.ts';
import { timer } from '../../platform/timer.ts';
import { deleteWrittenOffReservations, listExpiredReservations, updateReservationWrittenOff } from '../sql/usage.ts';

const BATCH = 500;

/**
 * Writes off what calls reserved that nobody settled in time, because their process died: from then on it counts against the run's budget for good, as the most
 * that the call can have cost. One bad row never stops the loop.
 */
export const writeOffReservations = timer({ name: 'usage-write-off-reservations', schedule: '* * * * *' }).handle(
  async ({ database }) => {
    const system = database.as({ kind: 'system' });
    const counts = { written_off: 0, forgotten: 0, failed: 0 };
    for (const lost of await listExpiredReservations(system, BATCH)) {
      try {
        const tenant = database.as({ kind: 'tenant', tenantId: lost.tenant_id });
        if (await updateReservationWrittenOff(tenant, lost.reference)) counts.written_off += 1;
      } catch (error) {
        counts.failed += 1;
        log('warning', 'a reservation could not be written off; the next tick tries again', {
          tenant_id: lost.tenant_id,
          reference: lost.reference,
          error,
        });
      }
    }
    counts.forgotten = await deleteWrittenOffReservations(system);
    logMeasures('wrote off what was reserved and not settled', counts);
    return counts;
  },
);
