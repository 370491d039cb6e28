import type { z } from 'zod';
import type { Statement } from '../../platform/database/batch.ts';
import { claimStatements } from '../../platform/database/claim.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { Import } from '../import.ts';

export type ImportRow = z.input<typeof Import>;

/** `i` is the row of an import. */
const COLUMNS = `i.id, case when i.status = 'pending' and i.attempts > 0 then 'running' else i.status end as status, i.dry_run,
  (select jsonb_agg(jsonb_build_object('upload_id', u.id, 'filename', i.filenames[u.place]) order by u.place)
    from unnest(i.upload_ids) with ordinality as u (id, place)) as files,
  jsonb_build_object('bytes', i.bytes_done, 'bytes_total', i.bytes_total, 'file', least(i.file, cardinality(i.upload_ids) - 1),
    'items', (select count(*) from import_items r where r.import_id = i.id)) as progress,
  coalesce((select jsonb_agg(to_jsonb(c) order by c.kind, c.outcome) from (select r.kind, r.outcome, count(*) as items
    from import_items r where r.import_id = i.id group by r.kind, r.outcome) c), '[]') as counts,
  i.error, i.created_at, i.started_at, i.completed_at`;

/** Inserts an import of the caller. Returns false when the caller has another one at work. */
export async function insertImport(
  queryable: Queryable,
  started: { id: string; dryRun: boolean; uploads: readonly { id: string; filename: string; size: number }[] },
): Promise<boolean> {
  const rows = await queryable.query({
    name: 'insert_import',
    text: `insert into imports (id, tenant_id, user_id, dry_run, upload_ids, filenames, bytes_total)
      values ($1, current_tenant_id(), current_user_id(), $2, $3, $4, $5)
      on conflict (tenant_id, user_id) where status = 'pending' and not dry_run do nothing returning id`,
    values: [
      started.id,
      started.dryRun,
      started.uploads.map(({ id }) => id),
      started.uploads.map(({ filename }) => filename),
      started.uploads.reduce((bytes, { size }) => bytes + size, 0),
    ],
  });
  return rows.length > 0;
}

/** Returns an import of the caller, or undefined. */
export async function findImport(queryable: Queryable, id: string): Promise<ImportRow | undefined> {
  const [row] = await queryable.query<ImportRow>({
    name: 'find_import',
    text: `select ${COLUMNS} from imports i where i.tenant_id = current_tenant_id() and i.user_id = current_user_id() and i.id = $1`,
    values: [id],
  });
  return row;
}

/** Returns the import of the caller that has used an upload up, or undefined. A dry run leaves its uploads. */
export async function findImportOfUpload(queryable: Queryable, uploadId: string): Promise<string | undefined> {
  const [row] = await queryable.query<{ id: string }>({
    name: 'find_import_of_upload',
    text: `select id from imports where tenant_id = current_tenant_id() and user_id = current_user_id()
        and $1 = any (upload_ids) and status = 'completed' and not dry_run
      order by created_at desc limit 1`,
    values: [uploadId],
  });
  return row?.id;
}

/** Lists a page of the caller's imports, newest first. */
export async function listImports(
  queryable: Queryable,
  page: { limit: number; before: { created_at: string; id: string } | undefined },
): Promise<ImportRow[]> {
  return queryable.query<ImportRow>({
    name: 'list_imports',
    text: `select ${COLUMNS} from imports i
      where i.tenant_id = current_tenant_id() and i.user_id = current_user_id()
        and ($1::timestamptz is null or (i.created_at, i.id) < ($1, $2))
      order by i.created_at desc, i.id desc limit $3`,
    values: [page.before?.created_at, page.before?.id, page.limit],
  });
}

/** Cancels an import of the caller. Its worker finds the fence gone at its next batch. False when it has ended. */
export async function updateImportCancelled(queryable: Queryable, id: string): Promise<boolean> {
  const rows = await queryable.query({
    name: 'update_import_cancelled',
    text: `update imports set status = 'cancelled', completed_at = now(), lease_until = null
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1 and status = 'pending' returning id`,
    values: [id],
  });
  return rows.length > 0;
}

/** What the step that reads an import works with. */
export interface ImportClaim {
  id: string;
  attempts: number;
  dry_run: boolean;
  upload_ids: string[];
  file: number;
  item: number;
}

export const importClaims = claimStatements<ImportClaim>({
  name: 'imports',
  waiting: 'pending',
  columns: 'id, attempts, dry_run, upload_ids, file, item',
  owner: 'user',
  hasUpdatedAt: true,
});

/**
 * Moves the checkpoint behind what the transaction writes. Progress ends the count of tries: only a batch that fails
 * again and again fails the import. Returns false when a newer claim has the import, or it was cancelled.
 */
export async function updateImportCheckpoint(
  queryable: Queryable,
  claim: Pick<ImportClaim, 'id' | 'attempts'>,
  place: { file: number; item: number; bytes: number },
): Promise<boolean> {
  const rows = await queryable.query({
    name: 'update_import_checkpoint',
    text: `update imports set file = $3, item = $4, bytes_done = $5, postponements = attempts - 1,
        started_at = coalesce(started_at, now())
      where tenant_id = current_tenant_id() and id = $1 and status = 'pending' and attempts = $2 returning id`,
    values: [claim.id, claim.attempts, place.file, place.item, place.bytes],
  });
  return rows.length > 0;
}

/** Ends an import. Returns false when a newer claim has it. */
export async function updateImportEnded(
  queryable: Queryable,
  claim: Pick<ImportClaim, 'id' | 'attempts'>,
  error: string | undefined,
): Promise<boolean> {
  const rows = await queryable.query({
    name: 'update_import_ended',
    text: `update imports set status = case when $3::text is null then 'completed' else 'failed' end, error = $3,
        completed_at = now(), started_at = coalesce(started_at, now()), lease_until = null,
        bytes_done = case when $3::text is null then bytes_total else bytes_done end
      where tenant_id = current_tenant_id() and id = $1 and status = 'pending' and attempts = $2 returning id`,
    values: [claim.id, claim.attempts, error],
  });
  return rows.length > 0;
}

/** Releases a claim, so that the next task goes on from the checkpoint. */
export function updateImportReleased({ id, attempts }: Pick<ImportClaim, 'id' | 'attempts'>): Statement {
  return {
    name: 'update_import_released',
    text: `update imports set lease_until = null, updated_at = now()
      where tenant_id = current_tenant_id() and id = $1 and status = 'pending' and attempts = $2`,
    values: [id, attempts],
  };
}

/** Lists imports of all tenants that wait without a task. SQL function `list_forgotten_imports`. */
export async function listForgottenImports(
  system: Queryable,
  graceSeconds: number,
  limit: number,
): Promise<{ tenant_id: string; user_id: string; import_id: string }[]> {
  return system.query({
    name: 'list_forgotten_imports',
    text: 'select tenant_id, user_id, import_id from list_forgotten_imports(make_interval(secs => $1::float8), $2)',
    values: [graceSeconds, limit],
  });
}
