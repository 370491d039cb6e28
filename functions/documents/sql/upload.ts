import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { ProblemKind } from '../../platform/errors.ts';
import type { MediaType } from '../upload-limits.ts';

/** What an upload is for: to be attached to a message, or to be imported. */
export type UploadPurpose = 'message' | 'import';

interface UploadBase {
  id: string;
  tenant_id: string;
  user_id: string;
  filename: string;
  announced_type: string | null;
  size: number;
  purpose: UploadPurpose;
  sha256: string | null;
  created_at: string;
}

export interface PendingUpload extends UploadBase {
  status: 'pending';
  expires_at: string;
}
export interface ReadyUpload extends UploadBase {
  status: 'ready';
  media_type: MediaType;
  sha256: string;
  width: number | null;
  height: number | null;
  pages: number | null;
  text_length: number | null;
  text_note: string | null;
}
export interface FailedUpload extends UploadBase {
  status: 'failed';
  expires_at: string;
  error: string;
  problem: ProblemKind | null;
}

/** A row that was not deleted. The checks of the table hold the union. */
export type UploadRow = PendingUpload | ReadyUpload | FailedUpload;

const COLUMNS = `id, tenant_id, user_id, filename, announced_type, size::float8 as size, purpose, sha256, status,
  media_type, width, height, pages, text_length, text_note, error, problem, created_at, expires_at`;

/** Makes concurrent starts of a user's uploads wait for each other until the transaction ends: a quota holds. */
export function lockUploads(userId: string): Statement {
  return {
    name: 'lock_uploads',
    text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))',
    values: [`uploads ${userId}`],
  };
}

/** Returns what the caller has. A failed or deleted upload counts until it is swept, its bytes do not. */
export async function countUploads(queryable: Queryable): Promise<{ uploads: number; pending: number; bytes: number }> {
  const [counts] = await queryable.query<{ uploads: number; pending: number; bytes: number }>({
    name: 'count_uploads',
    text: `select count(*)::int as uploads, count(*) filter (where status = 'pending')::int as pending,
        coalesce(sum(size) filter (where status in ('pending', 'ready')), 0)::float8 as bytes
      from uploads where tenant_id = current_tenant_id() and user_id = current_user_id()`,
  });
  return counts ?? { uploads: 0, pending: 0, bytes: 0 };
}

export async function insertUpload(
  queryable: Queryable,
  upload: {
    id: string;
    filename: string;
    size: number;
    purpose: UploadPurpose;
    announcedType: string | undefined;
    sha256: string | undefined;
  },
): Promise<UploadRow | undefined> {
  const [row] = await queryable.query<UploadRow>({
    name: 'insert_upload',
    text: `insert into uploads (id, tenant_id, user_id, filename, size, announced_type, sha256, purpose)
      values ($1, current_tenant_id(), current_user_id(), $2, $3, $4, $5, $6) returning ${COLUMNS}`,
    values: [upload.id, upload.filename, upload.size, upload.announcedType, upload.sha256, upload.purpose],
  });
  return row;
}

/** Returns the caller's uploads with these ids, in no order. Deleted ones are left out. */
export async function findUploadsByIds(queryable: Queryable, ids: readonly string[]): Promise<UploadRow[]> {
  return queryable.query<UploadRow>({
    name: 'find_uploads_by_ids',
    text: `select ${COLUMNS} from uploads where tenant_id = current_tenant_id() and id = any ($1) and status <> 'deleted'`,
    values: [[...new Set(ids)]],
  });
}

/** Lists the caller's uploads, newest first. */
export async function listUploads(
  queryable: Queryable,
  page: { limit: number; before: { created_at: string; id: string } | undefined },
): Promise<UploadRow[]> {
  return queryable.query<UploadRow>({
    name: 'list_uploads',
    text: `select ${COLUMNS} from uploads
      where tenant_id = current_tenant_id() and user_id = current_user_id() and status <> 'deleted'
        and ($1::timestamptz is null or (created_at, id) < ($1, $2))
      order by created_at desc, id desc limit $3`,
    values: [page.before?.created_at, page.before?.id, page.limit],
  });
}

export interface CheckedContent {
  mediaType: MediaType;
  sha256: string;
  width?: number | undefined;
  height?: number | undefined;
  pages?: number | undefined;
  textLength?: number | undefined;
  note?: string | null | undefined;
}

/** Makes a pending upload ready. Returns false when it is not pending any more. */
export async function updateReady(queryable: Queryable, id: string, content: CheckedContent): Promise<boolean> {
  const rows = await queryable.query({
    name: 'update_upload_ready',
    text: `update uploads set status = 'ready', expires_at = null, media_type = $2, sha256 = $3, width = $4, height = $5,
        pages = $6, text_length = $7, text_note = $8
      where tenant_id = current_tenant_id() and id = $1 and status = 'pending' returning id`,
    values: [
      id,
      content.mediaType,
      content.sha256,
      content.width,
      content.height,
      content.pages,
      content.textLength,
      content.note,
    ],
  });
  return rows.length > 0;
}

/** Makes a pending upload failed. Returns false when it is not pending any more. */
export async function updateFailed(
  queryable: Queryable,
  id: string,
  { error, problem }: { error: string; problem: ProblemKind | null },
): Promise<boolean> {
  const rows = await queryable.query({
    name: 'update_upload_failed',
    text: `update uploads set status = 'failed', error = $2, problem = $3
      where tenant_id = current_tenant_id() and id = $1 and status = 'pending' returning id`,
    values: [id, error, problem],
  });
  return rows.length > 0;
}

/**
 * Makes an upload deleted, without its name. The row stays for a day, so that content which an address of the upload
 * still lets in is swept too. Returns false when there is no such upload.
 */
export async function updateDeleted(queryable: Queryable, id: string): Promise<boolean> {
  const rows = await queryable.query({
    name: 'update_upload_deleted',
    text: `update uploads set status = 'deleted', filename = '', sha256 = null, text_note = null, error = null,
        problem = null, expires_at = now() + interval '1 day'
      where tenant_id = current_tenant_id() and id = $1 and status <> 'deleted' returning id`,
    values: [id],
  });
  return rows.length > 0;
}

/** Lists expired uploads of all tenants, with the definer function `list_expired_uploads`. */
export async function listExpiredUploads(
  system: Queryable,
  limit: number,
): Promise<{ tenant_id: string; user_id: string; id: string }[]> {
  return system.query({
    name: 'list_expired_uploads',
    text: 'select tenant_id, user_id, id from list_expired_uploads($1)',
    values: [limit],
  });
}

/** Deletes the row of an upload that has expired or whose tenant is deleted. Returns false for any other. */
export async function deleteExpiredUpload(queryable: Queryable, id: string): Promise<boolean> {
  const rows = await queryable.query({
    name: 'delete_expired_upload',
    text: `delete from uploads where tenant_id = current_tenant_id() and id = $1
        and (expires_at <= now() or not exists (select from tenants where id = current_tenant_id())) returning id`,
    values: [id],
  });
  return rows.length > 0;
}
