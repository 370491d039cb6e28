import { createHash } from 'node:crypto';
import type { Queryable } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { NoSuchObject, type ObjectStore } from '../platform/objects/objects.ts';
import { openObjects } from '../platform/objects/open-objects.ts';
import { nameOf } from './content/content-type.ts';
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
  const outcome = await inspect(objects, row, signal).catch(refusalOf);
  if (outcome === undefined) return requireFinished(queryable, row.id);
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

/** @throws Problem 409 while the upload is pending */
async function requireFinished(queryable: Queryable, id: string): Promise<UploadRow> {
  const row = await requireUpload(queryable, id);
  if (row.status !== 'pending') return row;
  throw new Problem('conflict', 'Nothing was sent. Send the content before you finish the upload.');
}

/** Returns undefined when nothing was sent, or when another call has removed it. */
async function inspect(objects: ObjectStore, row: PendingUpload, signal: AbortSignal) {
  try {
    return row.purpose === 'import' ? await inspectImport(objects, row) : await inspectFile(objects, row, signal);
  } catch (error) {
    if (error instanceof NoSuchObject) return undefined;
    throw error;
  }
}

async function inspectFile(objects: ObjectStore, row: PendingUpload, signal: AbortSignal) {
  const bytes = await objects.get(contentKey(row));
  const { filename, announced_type: announcedType } = row;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  refuseOther(row, { size: bytes.length, sha256 });
  const found = await inspectContent({ filename, announcedType, bytes }, signal);
  return found.status === 'failed' ? { ...found, problem: null } : { ...found, sha256 };
}

/** The first bytes of a JSON object or array in any encoding: byte order marks, white space, and zeros of UTF-16. */
const BEGINS_AS_JSON = /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*[[{]/;
const HEAD_BYTES = 1024;

/**
 * Reads the content of an import as a stream: the file may be larger than the memory. Whether all of it is JSON is
 * found when it is imported.
 */
async function inspectImport(objects: ObjectStore, row: PendingUpload) {
  const hash = createHash('sha256');
  let size = 0;
  let head = '';
  for await (const chunk of objects.open(contentKey(row)) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
    if (head.length < HEAD_BYTES) head += chunk.toString('latin1', 0, HEAD_BYTES - head.length);
  }
  const sha256 = hash.digest('hex');
  refuseOther(row, { size, sha256 });
  if (!BEGINS_AS_JSON.test(head)) throw noJson(row.filename, Buffer.from(head, 'latin1'));
  return { status: 'ready' as const, mediaType: 'application/json' as const, sha256, text: undefined };
}

const ARCHIVES = /zip|7z|rar/;

/** Names what a file for an import is instead of JSON. */
function noJson(filename: string, head: Buffer): Problem {
  const type = nameOf(head);
  const isNamed = type !== 'application/octet-stream';
  const what = isNamed ? `is ${type} by its content` : 'does not begin as JSON, with [ or {';
  const todo = ARCHIVES.test(type) ? 'Unpack it and send the JSON files in it.' : 'An import takes JSON files.';
  return new Problem('unsupported-media-type', `${filename} ${what}. ${todo}`);
}

/** @throws Problem 422 */
function refuseOther(row: PendingUpload, { size, sha256 }: { size: number; sha256: string }): void {
  if (size !== row.size) throw new Problem('invalid-request', `${size} bytes were sent and ${row.size} announced.`);
  if (row.sha256 !== null && row.sha256 !== sha256)
    throw new Problem('invalid-request', `The content has the SHA-256 ${sha256}; ${row.sha256} was announced.`);
}

/** Returns what a rejected content makes of its upload. What may succeed later is thrown on. */
function refusalOf(error: unknown) {
  if (!(error instanceof Problem) || error.status >= 500) throw error;
  return { status: 'failed' as const, error: error.message, problem: error.kind };
}
