import type { Database } from '../platform/database/database.ts';
import { openDatabase } from '../platform/database/open.ts';
import { log } from '../platform/log.ts';
import { blobKey } from '../platform/objects/objects.ts';
import { openObjects } from '../platform/objects/open-objects.ts';
import { deleteUnusedBlob } from './sql/blob.ts';

/** More are left to the sweep: the caller of a deletion waits for the answer. */
const MOST_AT_ONCE = 1_000;

/**
 * Removes contents that were deleted and that no other file has. A blob that cannot be removed is logged, and removed
 * by the sweep.
 */
export async function removeDeletedBlobs(tenantId: string, hashes: readonly string[]): Promise<void> {
  const database = await openDatabase();
  for (const sha256 of hashes.slice(0, MOST_AT_ONCE)) {
    await removeUnusedBlob(database, { tenantId, sha256 }, 0).catch((error: unknown) => {
      log('error', 'blob not removed, left to the sweep', { tenant_id: tenantId, sha256, error });
    });
  }
}

/**
 * Removes a blob that no file of a run has. Returns false when a file has it, or it was stored within the grace period.
 *
 * The blob is removed before the transaction commits, so a crash leaves at most a row without a blob, which the next
 * sweep deletes. A concurrent caller that stores the same content waits for the commit, and then stores it anew; one
 * that had already stored it gets AF409 when it adds its file.
 */
export function removeUnusedBlob(
  database: Database,
  { tenantId, sha256 }: { tenantId: string; sha256: string },
  graceSeconds: number,
): Promise<boolean> {
  return database.as({ kind: 'tenant', tenantId }).transaction(async (transaction) => {
    if (!(await deleteUnusedBlob(transaction, sha256, graceSeconds))) return false;
    await (await openObjects()).remove(blobKey(tenantId, sha256));
    return true;
  });
}
