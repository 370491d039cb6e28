import { logMeasures } from '../../platform/log.ts';
import { timer } from '../../platform/timer.ts';
import { forEachRow } from '../../platform/timer-rows.ts';
import { removeUnusedBlob } from '../remove-blob.ts';
import { listUnusedBlobs } from '../sql/blob.ts';

/**
 * A content is stored before its file is added. A command stores many contents, which takes minutes at most; with an
 * hour between them no caller has to store one again.
 */
const GRACE_SECONDS = 3600;
const BATCH = 2_000;

/**
 * Removes the blobs that no file of a run and no kept version has: of deleted runs, of versions that are not kept any
 * more, of deleted tenants, and of changes that were not committed. So what a user deletes is gone from the store after
 * an hour and ten minutes.
 */
export const sweepBlobs = timer({ name: 'tools-sweep-blobs', schedule: '*/10 * * * *' }).handle(
  async ({ database }) => {
    const { done, failed } = await forEachRow(
      await listUnusedBlobs(database.as({ kind: 'system' }), GRACE_SECONDS, BATCH),
      {
        failure: 'unused blob not removed, retried at the next tick',
        fieldsOf: ({ tenant_id, sha256 }) => ({ tenant_id, sha256 }),
      },
      ({ tenant_id: tenantId, sha256 }) => removeUnusedBlob(database, { tenantId, sha256 }, GRACE_SECONDS),
    );
    const counts = { removed: done, failed };
    logMeasures('unused blobs removed', counts);
    return counts;
  },
);
