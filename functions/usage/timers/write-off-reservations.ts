import { log, logMeasures } from '../../platform/log.ts';
import { timer } from '../../platform/timer.ts';
import { deleteWrittenOffReservations, listExpiredReservations, updateReservationWrittenOff } from '../sql/usage.ts';

const BATCH = 500;

/**
 * Writes off reservations that expired because the process of the call died. The reserved worst-case cost counts
 * against the run's budget from then on. A reservation that fails is tried again at the next tick and does not stop the
 * others.
 */
export const writeOffReservations = timer({ name: 'usage-write-off-reservations', schedule: '* * * * *' }).handle(
  async ({ database }) => {
    const system = database.as({ kind: 'system' });
    const counts = { written_off: 0, deleted: 0, failed: 0 };
    for (const lost of await listExpiredReservations(system, BATCH)) {
      try {
        const tenant = database.as({ kind: 'tenant', tenantId: lost.tenant_id });
        if (await updateReservationWrittenOff(tenant, lost.reference)) counts.written_off += 1;
      } catch (error) {
        counts.failed += 1;
        log('warning', 'reservation not written off, retried at the next tick', {
          tenant_id: lost.tenant_id,
          reference: lost.reference,
          error,
        });
      }
    }
    counts.deleted = await deleteWrittenOffReservations(system);
    logMeasures('reservations written off', counts);
    return counts;
  },
);
