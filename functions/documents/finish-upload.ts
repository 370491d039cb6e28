import { createHash } from 'node:crypto';
import type { Queryable } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { NoSuchObject, type ObjectStore } from '../platform/objects/objects.ts';
import { openObjects } from '../platform/objects/open-objects.ts';
import { inspectContent } from './content/inspect-content.ts';
import { type PendingUpload, type UploadRow, updateFailed, updateReady } from './sql/upload.ts';
import { contentKey, prefixOf, requireUpload, textKey } from './upload.ts';

/**
 * Checks the content of a pending upload and makes it ready or failed. The content cannot change meanwhile, because
 * objects are never replaced. Of concurrent calls one makes the change, and all return the same row.
 * @throws Problem 409 when nothing was sent, 503 when a PDF cannot be read now; the upload stays pending
 */
export async function checkContent(queryable: Queryable, row: PendingUpload, signal: AbortSignal): Promise<UploadRow> {
  const objects = await openObjects();
  const bytes = await readSent(objects, row);
  if (bytes === undefined) return requireFinished(queryable, row.id);
  const outcome = await inspect(row, bytes, signal).catch(refusalOf);
  if (outcome.status === 'failed') {
    // The bytes are of no use any more. What a crash leaves is swept.
    if (await updateFailed(queryable, row.id, outcome)) await objects.removePrefix(prefixOf(row));
  } else {
    const { text, status: _, ...content } = outcome;
    if (text !== undefined) await objects.put(textKey(row), Buffer.from(text));
    await updateReady(queryable, row.id, { ...content, textLength: text?.length });
  }
  return requireUpload(queryable, row.id);
}

/** Returns undefined when nothing was sent, or when another call has removed it. */
async function readSent(objects: ObjectStore, row: PendingUpload): Promise<Buffer | undefined> {
  return objects.get(contentKey(row)).catch((error: unknown) => {
    if (error instanceof NoSuchObject) return undefined;
    throw error;
  });
}

/** @throws Problem 409 while the upload is pending */
async function requireFinished(queryable: Queryable, id: string): Promise<UploadRow> {
  const row = await requireUpload(queryable, id);
  if (row.status !== 'pending') return row;
  throw new Problem('conflict', 'Nothing was sent. Send the content before you finish the upload.');
}

async function inspect(row: PendingUpload, bytes: Buffer, signal: AbortSignal) {
  const { filename, announced_type: announcedType } = row;
  if (bytes.length !== row.size)
    throw new Problem('invalid-request', `${bytes.length} bytes were sent and ${row.size} announced.`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (row.sha256 !== null && row.sha256 !== sha256)
    throw new Problem('invalid-request', `The content has the SHA-256 ${sha256}; ${row.sha256} was announced.`);
  const found = await inspectContent({ filename, announcedType, bytes }, signal);
  return found.status === 'failed' ? { ...found, problem: null } : { ...found, sha256 };
}

/** Returns what a rejected content makes of its upload. What may succeed later is thrown on. */
function refusalOf(error: unknown) {
  if (!(error instanceof Problem) || error.status >= 500) throw error;
  return { status: 'failed' as const, error: error.message, problem: error.kind };
}
