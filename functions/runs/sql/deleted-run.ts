import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { IS_RECENT, type Watermark } from './run-list.ts';

/** How long a deleted run is told to clients that were away. An older watermark has the client read the list again. */
export const TOMBSTONE_DAYS = 30;

interface DeletedRunRow {
  id: string;
  deleted_at: string;
}

/** Lists the contents of a run's files and of their versions, and those of which a call of the run has the text. */
export async function listBlobsOfRun(queryable: Queryable, runId: string): Promise<string[]> {
  const rows = await queryable.query<{ sha256: string }>({
    name: 'list_blobs_of_run',
    text: `select sha256 from run_files where run_id = $1
      union
      select sha256 from run_file_versions where run_id = $1 and sha256 is not null
      union
      select encode(sha256(convert_to(c.arguments ->> 'content', 'UTF8')), 'hex') from tool_calls c
      where c.run_id = $1 and c.arguments ->> 'content' is not null`,
    values: [runId],
  });
  return rows.map(({ sha256 }) => sha256);
}

/**
 * Deletes a run with its dependent rows, and leaves its tombstone. The sweep of blobs removes what no other run has.
 */
export function deleteRun(id: string): Statement {
  return {
    name: 'delete_run',
    text: `with gone as (delete from sessions where id = $1 returning tenant_id, id)
      insert into deleted_runs (tenant_id, run_id) select tenant_id, id from gone`,
    values: [id],
  };
}

/** Whether tombstones of runs that were deleted after a watermark may have been forgotten. */
export function isBeforeTombstones(since: Watermark, now: Watermark): boolean {
  return Date.parse(now.at) - Date.parse(since.at) > TOMBSTONE_DAYS * 24 * 60 * 60 * 1_000;
}

/**
 * Lists the tenant's runs that were deleted since a watermark, the last one first. Like CHANGED it compares with the
 * oldest transaction under way at the watermark, so none is missed and a run may be listed twice.
 */
export async function listDeletedRuns(queryable: Queryable, since: Watermark, limit: number): Promise<DeletedRunRow[]> {
  return queryable.query<DeletedRunRow>({
    name: 'list_deleted_runs',
    text: `select s.run_id as id, s.deleted_at from deleted_runs s
        cross join (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next, $2::pg_snapshot as seen) m
      where s.tenant_id = current_tenant_id() and s.deleted_at > $1::timestamptz - interval '1 hour' and ${IS_RECENT}
      order by s.deleted_at desc, s.run_id limit $3`,
    values: [since.at, since.snapshot, limit],
  });
}

/** Forgets the tombstones of all tenants that no watermark needs. Returns how many. */
export async function forgetDeletedRuns(system: Queryable, limit: number): Promise<number> {
  const [row] = await system.query<{ forgotten: number }>({
    name: 'forget_deleted_runs',
    // A day more than promised, for a deletion that began before its watermark.
    text: 'select forget_deleted_runs(make_interval(days => $1), $2) as forgotten',
    values: [TOMBSTONE_DAYS + 1, limit],
  });
  return row?.forgotten ?? 0;
}
