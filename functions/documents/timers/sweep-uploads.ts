import { logMeasures } from '../../platform/log.ts';
import { openObjects } from '../../platform/objects/open-objects.ts';
import { timer } from '../../platform/timer.ts';
import { forEachRow } from '../../platform/timer-rows.ts';
import { deleteExpiredUpload, listExpiredUploads } from '../sql/upload.ts';
import { prefixOf } from '../upload.ts';

const BATCH = 1_000;

/**
 * Removes uploads a day after they were started and not finished, have failed or were deleted, and those of deleted
 * tenants, with everything that is stored of them. The objects are removed before the transaction commits: a crash
 * leaves at most a row without objects, which the next run deletes, and an upload that is finished meanwhile finds no
 * row.
 */
export const sweepUploads = timer({ name: 'documents-sweep-uploads', schedule: '5,35 * * * *' }).handle(
  async ({ database }) => {
    const { done, failed } = await forEachRow(
      await listExpiredUploads(database.as({ kind: 'system' }), BATCH),
      {
        failure: 'expired upload not removed, retried at the next tick',
        fieldsOf: ({ tenant_id, id }) => ({ tenant_id, upload_id: id }),
      },
      ({ tenant_id: tenantId, user_id: userId, id }) =>
        database.as({ kind: 'tenant', tenantId, userId }).transaction(async (transaction) => {
          if (!(await deleteExpiredUpload(transaction, id))) return false;
          await (await openObjects()).removePrefix(prefixOf({ tenant_id: tenantId, id }));
          return true;
        }),
    );
    const counts = { removed: done, failed };
    logMeasures('expired uploads removed', counts);
    return counts;
  },
);
