import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';

/** Records that a content is about to be stored. Waits while the same content is removed. */
export async function upsertBlob(queryable: Queryable, sha256: string): Promise<void> {
  await queryable.query({
    name: 'upsert_blob',
    text: `insert into run_blobs (tenant_id, sha256) values (current_tenant_id(), $1)
      on conflict (tenant_id, sha256) do update set stored_at = now()`,
    values: [sha256],
  });
}

/**
 * Fails with AF409 when a content was removed since the caller stored it, and otherwise keeps it until the transaction
 * ends. The caller stores the content again.
 */
export function refuseRemovedBlobs(runId: string, hashes: readonly string[]): Statement {
  return {
    name: 'refuse_removed_blobs',
    text: `with kept as (
        select b.sha256 from run_blobs b join sessions s on s.tenant_id = b.tenant_id
        where s.id = $1 and b.sha256 = any ($2) for key share of b)
      select refuse('AF409', 'the content was removed meanwhile', 'The content was removed meanwhile.')
      where exists (select from sessions where id = $1) and exists (
        select from unnest($2::text[]) h where h not in (select sha256 from kept))`,
    values: [runId, [...new Set(hashes)].sort()],
  };
}

/** Lists blobs of all tenants that no file and no kept version has, with the definer function `list_unused_blobs`. */
export async function listUnusedBlobs(
  system: Queryable,
  graceSeconds: number,
  limit: number,
): Promise<{ tenant_id: string; sha256: string }[]> {
  return system.query({
    name: 'list_unused_blobs',
    text: 'select tenant_id, sha256 from list_unused_blobs(make_interval(secs => $1::float8), $2)',
    values: [graceSeconds, limit],
  });
}

/**
 * Deletes the row of a blob that no file and no kept version has and that nobody stored within the grace period. Until
 * the transaction ends, the content cannot be stored or used again. Returns whether the caller has to remove the blob.
 */
export async function deleteUnusedBlob(transaction: Queryable, sha256: string, graceSeconds: number): Promise<boolean> {
  // Locks first: a file that uses the blob may be committed while this statement waits, and only the next one sees it.
  await transaction.query({
    name: 'lock_blob',
    text: 'select from run_blobs where tenant_id = current_tenant_id() and sha256 = $1 for update',
    values: [sha256],
  });
  const rows = await transaction.query({
    name: 'delete_unused_blob',
    text: `delete from run_blobs b where b.tenant_id = current_tenant_id() and b.sha256 = $1
        and b.stored_at <= now() - make_interval(secs => $2::float8)
        and not exists (select from run_files f where f.tenant_id = b.tenant_id and f.sha256 = b.sha256)
        and not exists (select from run_file_versions v where v.tenant_id = b.tenant_id and v.sha256 = b.sha256 and v.kept)
      returning b.sha256`,
    values: [sha256, graceSeconds],
  });
  return rows.length > 0;
}
