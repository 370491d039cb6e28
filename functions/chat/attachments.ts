import { z } from 'zod';
import { findReadyUploads, loadUpload, showUpload } from '../documents/upload.ts';
import { isImageType } from '../documents/upload-limits.ts';
import type { Queryable } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { idSchema } from '../platform/id.ts';
import type { ModelMessage } from '../platform/models/model.ts';
import { NoSuchObject } from '../platform/objects/objects.ts';

/** A file that a person attached to a message. */
export const Attachment = z.strictObject({
  id: idSchema('upl'),
  filename: z.string(),
  media_type: z.string(),
  size: z.int(),
});
export type Attachment = z.infer<typeof Attachment>;

/** The most files of a message. */
export const MOST_ATTACHMENTS = 10;
/**
 * The most bytes of all images of a request: Gemini takes 20 MiB with the text, and the base64 is a third larger.
 */
export const MOST_IMAGE_BYTES = 12 * 1024 * 1024;
/** The most characters of the files of one message that a model reads, shared out evenly. */
const SHOWN_CHARACTERS = 200_000;

const Metadata = z.object({ attachments: z.array(Attachment).default([]) });

/** Returns the attachments in the metadata of a message. */
export function attachmentsOf(metadata: Record<string, unknown>): Attachment[] {
  return Metadata.safeParse(metadata).data?.attachments ?? [];
}

/** Returns the bytes of the images that are attached to a message. */
export function imageBytesOf(metadata: Record<string, unknown>): number {
  const images = attachmentsOf(metadata).filter((file) => isImageType(file.media_type));
  return images.reduce((bytes, { size }) => bytes + size, 0);
}

/**
 * Returns uploads as attachments, in the order of the ids.
 * @throws Problem 422 for one that does not exist, is another user's, or is not finished, and for too large images
 */
export async function requireAttachments(queryable: Queryable, ids: readonly string[]): Promise<Attachment[]> {
  const { ready, missing } = await findReadyUploads(queryable, ids);
  const [first] = missing;
  if (first !== undefined) {
    const reason = first.reason === 'not-found' ? 'does not exist' : `is ${first.reason}`;
    throw new Problem('invalid-request', `The upload ${first.id} ${reason}.`, {
      errors: [{ path: 'body.attachments', message: `${first.id} ${reason}` }],
    });
  }
  const attachments = ready.map(({ id, filename, media_type, size }) => ({ id, filename, media_type, size }));
  if (imageBytesOf({ attachments }) <= MOST_IMAGE_BYTES) return attachments;
  const limit = `The images of a message may have ${MOST_IMAGE_BYTES / 1024 / 1024} MiB together.`;
  throw new Problem('invalid-request', limit, { errors: [{ path: 'body.attachments', message: limit }] });
}

/**
 * Returns a person's message with its files, as a model reads it: texts in frames of their own before the words, images
 * beside them. Files that were deleted since are counted, and so are images without `withImages`.
 */
export async function tellQuestion(
  queryable: Queryable,
  { content, metadata }: { content: string; metadata: Record<string, unknown> },
  withImages = true,
): Promise<Extract<ModelMessage, { role: 'user' }>> {
  const attached = attachmentsOf(metadata);
  if (attached.length === 0) return { role: 'user', text: content };
  const { ready } = await findReadyUploads(
    queryable,
    attached.map(({ id }) => id),
  );
  const shownFiles = withImages ? ready : ready.filter((file) => !isImageType(file.media_type));
  const hidden = ready.length - shownFiles.length;
  const share = Math.floor(SHOWN_CHARACTERS / attached.length);
  const loaded = await Promise.all(
    shownFiles.map((upload) =>
      loadUpload(upload, share).catch((error: unknown) => {
        if (error instanceof NoSuchObject) return undefined;
        throw error;
      }),
    ),
  );
  const images = loaded.flatMap((file) => (file?.kind === 'image' ? [file] : []));
  const texts = loaded.flatMap((file) => (file?.kind === 'text' ? [showUpload(file)] : []));
  const gone = attached.length - hidden - images.length - texts.length;
  const note = [
    ...(gone === 0 ? [] : [`(${gone} of the attached files were deleted since.)`]),
    ...(hidden === 0 ? [] : [`(${hidden} attached images are not shown any more: newer ones take their room.)`]),
  ];
  const shown = images.map(({ kind: _, ...image }) => image);
  return {
    role: 'user',
    text: [...texts, ...note, content].join('\n\n'),
    ...(images.length > 0 ? { images: shown } : {}),
  };
}
