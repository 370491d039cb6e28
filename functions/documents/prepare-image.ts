import { createHash } from 'node:crypto';
import type { Queryable } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { createId } from '../platform/id.ts';
import { openObjects } from '../platform/objects/open-objects.ts';
import { inspectContent } from './content/inspect-content.ts';
import { countUploads, insertUpload, updateReady } from './sql/upload.ts';
import { contentKey } from './upload.ts';
import { isImageType, QUOTA } from './upload-limits.ts';

/** An image that is stored, and becomes an upload of the user with `finish`. */
export interface PreparedImage {
  id: string;
  filename: string;
  media_type: string;
  size: number;
  finish(queryable: Queryable): Promise<void>;
}

/**
 * Stores an image that the program has read for the scope's user, as a pending upload. Without `finish`, in the
 * transaction that refers to it, the sweep removes it after a day. Call it outside any transaction.
 * @throws Problem 413, 415 and 422 for bytes that are no accepted image, and above the user's quota
 */
export async function prepareImage(
  queryable: Queryable,
  { filename, bytes }: { filename: string; bytes: Buffer },
  signal: AbortSignal,
): Promise<PreparedImage> {
  const has = await countUploads(queryable);
  if (has.uploads >= QUOTA.uploads || has.bytes + bytes.length > QUOTA.bytes)
    throw new Problem('too-large', 'You have as many uploads as you may have.');
  const found = await inspectContent({ filename, announcedType: null, bytes }, signal);
  if (found.status === 'failed' || !isImageType(found.mediaType))
    throw new Problem('unsupported-media-type', `${filename} is no image.`);
  const { mediaType, width, height } = found;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const id = createId('upl');
  const size = bytes.length;
  const row = await insertUpload(queryable, {
    id,
    filename,
    size,
    purpose: 'message',
    announcedType: undefined,
    sha256,
  });
  if (row === undefined) throw new Error('The insert of an upload returned no row');
  await (await openObjects()).put(contentKey(row), bytes);
  return {
    id,
    filename,
    media_type: mediaType,
    size,
    finish: async (transaction) => {
      await updateReady(transaction, id, { mediaType, width, height, sha256 });
    },
  };
}
