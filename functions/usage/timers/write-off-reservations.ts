import { logMeasures } from '../../platform/log.ts';
import { timer } from '../../platform/timer.ts';
import { forEachRow } from '../../platform/timer-rows.ts';
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
    const { done, failed } = await forEachRow(
      await listExpiredReservations(system, BATCH),
      {
        failure: 'reservation not written off, retried at the next tick',
        fieldsOf: ({ tenant_id, reference }) => ({ tenant_id, reference }),
      },
      ({ tenant_id: tenantId, reference }) =>
        updateReservationWrittenOff(database.as({ kind: 'tenant', tenantId }), reference),
    );
    const counts = { written_off: done, deleted: await deleteWrittenOffReservations(system), failed };
    logMeasures('reservations written off', counts);
    return counts;
  },
);
