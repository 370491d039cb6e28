import { createHash } from 'node:crypto';
import type { Queryable } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { createId } from '../platform/id.ts';
import { openObjects } from '../platform/objects/open-objects.ts';
import { binaryTypeOf } from './content/content-type.ts';
import { inspectContent } from './content/inspect-content.ts';
import { countUploads, insertUpload, updateReady } from './sql/upload.ts';
import { contentKey } from './upload.ts';
import { isImageType, QUOTA } from './upload-limits.ts';

/** An image that the program has read. Its content gives the name its ending. */
export interface ImageFile {
  name: string;
  bytes: Buffer;
}

/** An image that is stored, and becomes an upload of the user with `finish`. */
export interface PreparedImage {
  id: string;
  filename: string;
  media_type: string;
  size: number;
  finish(queryable: Queryable): Promise<void>;
}

/**
 * Returns what an image is by its bytes, and stores nothing. A PDF is refused without being read.
 * @throws Problem 413, 415 and 422 for bytes that are no accepted image
 */
export async function inspectImage({ name, bytes }: ImageFile, signal: AbortSignal) {
  const mediaType = binaryTypeOf(bytes);
  if (mediaType === undefined || !isImageType(mediaType))
    throw new Problem('unsupported-media-type', `${name} is no PNG, JPEG, GIF or WebP image by its content.`);
  const filename = `${name}.${mediaType.slice('image/'.length)}`;
  const found = await inspectContent({ filename, announcedType: null, bytes }, signal);
  if (found.status === 'failed') throw new Problem('invalid-request', found.error);
  return { filename, mediaType, width: found.width, height: found.height };
}

/**
 * Stores an image that the program has read for the scope's user, as a pending upload. Without `finish`, in the
 * transaction that refers to it, the sweep removes it after a day. Call it outside any transaction.
 * @throws Problem 413, 415 and 422 for bytes that are no accepted image, and above the user's quota
 */
export async function prepareImage(
  queryable: Queryable,
  image: ImageFile,
  signal: AbortSignal,
): Promise<PreparedImage> {
  const { bytes } = image;
  const has = await countUploads(queryable);
  if (has.uploads >= QUOTA.uploads || has.bytes + bytes.length > QUOTA.bytes)
    throw new Problem('too-large', 'You have as many uploads as you may have.');
  const { filename, mediaType, width, height } = await inspectImage(image, signal);
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
