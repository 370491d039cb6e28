import { Problem, type ProblemKind } from '../../platform/errors.ts';
import { isImageType, type MediaType, MOST_PIXELS, mostBytesOf } from '../upload-limits.ts';
import { binaryTypeOf, decodeText, nameOf, secondTypeOf } from './content-type.ts';
import { type ImageSize, imageSizeOf } from './image-size.ts';
import { kindOfName } from './names.ts';
import { readPdf } from './pdf-text.ts';

/** A file as a user announced it, with its bytes. */
export interface SentFile {
  filename: string;
  /** The media type that the user named. */
  announcedType: string | null;
  bytes: Buffer;
}

/** What the content of a file is. `failed`: it is of an accepted type, and its text cannot be read. */
export type Inspection =
  | ({ status: 'ready'; mediaType: MediaType } & Partial<ImageSize> & {
        text?: string;
        pages?: number;
        note?: string | null;
      })
  | { status: 'failed'; error: string };

/** The types for people. */
const ACCEPTED = 'PNG, JPEG, GIF, WebP, PDF and text in UTF-8 or UTF-16';

/**
 * Finds out what a file is by its content, and reads its text. The name and the announced type only have to agree with
 * it: HTML and SVG are text.
 * @throws Problem 413, 415 and 422 for a file that is not accepted; 503 when a PDF cannot be read now
 */
export async function inspectContent(file: SentFile, signal: AbortSignal): Promise<Inspection> {
  const { filename, bytes } = file;
  const binary = binaryTypeOf(bytes);
  const text = binary === undefined ? decodeText(bytes) : undefined;
  const mediaType = binary ?? (text === undefined ? undefined : 'text/plain');
  if (mediaType === undefined)
    throw refuse('unsupported-media-type', filename, `is ${nameOf(bytes)} by its content; accepted are ${ACCEPTED}`);
  refuseOtherName(file, mediaType);
  refuseSize(filename, mediaType, bytes.length);
  if (text !== undefined) return { status: 'ready', mediaType, text };
  const second = secondTypeOf(bytes);
  if (second !== undefined)
    throw refuse('unsupported-media-type', filename, `is ${mediaType} and ${second} at the same time`);
  if (isImageType(mediaType)) return { status: 'ready', mediaType, ...sizeOf(filename, mediaType, bytes) };
  const read = await readPdf(bytes, signal);
  return read.status === 'failed'
    ? { status: 'failed', error: read.error }
    : { status: 'ready', mediaType, text: read.text, pages: read.pages, note: read.note };
}

/**
 * Rejects a file before it is sent, by its name and size. What only its content tells is found by
 * {@link inspectContent}.
 * @throws Problem 413 and 415
 */
export function refuseByName(filename: string, size: number): void {
  const named = kindOfName(filename);
  if (named.kind === 'foreign')
    throw refuse('unsupported-media-type', filename, `is ${named.what} by its name; accepted are ${ACCEPTED}`);
  refuseSize(filename, named.kind === 'type' ? named.mediaType : 'application/pdf', size);
}

function refuse(kind: ProblemKind, filename: string, why: string): Problem {
  return new Problem(kind, `${filename} ${why}.`);
}

function refuseOtherName({ filename, announcedType }: SentFile, mediaType: MediaType): void {
  const named = kindOfName(filename);
  const byName = named.kind === 'any' ? mediaType : named.kind === 'foreign' ? named.what : named.mediaType;
  if (byName !== mediaType)
    throw refuse('unsupported-media-type', filename, `is ${mediaType} by its content and ${byName} by its name`);
  const isBinary = announcedType !== null && (isImageType(announcedType) || announcedType === 'application/pdf');
  if (isBinary && announcedType !== mediaType)
    throw refuse(
      'unsupported-media-type',
      filename,
      `is ${mediaType} by its content and was announced as ${announcedType}`,
    );
}

function refuseSize(filename: string, mediaType: MediaType, size: number): void {
  const most = mostBytesOf(mediaType);
  if (size > most)
    throw refuse('too-large', filename, `has ${size} bytes; a file of type ${mediaType} may have ${most} at most`);
}

function sizeOf(filename: string, mediaType: Parameters<typeof imageSizeOf>[0], bytes: Buffer): ImageSize {
  const size = imageSizeOf(mediaType, bytes);
  if (size === undefined) throw refuse('invalid-request', filename, `is a damaged ${mediaType}: it names no size`);
  if (Math.max(size.width, size.height) > MOST_PIXELS) {
    const limit = `an image may have ${MOST_PIXELS} on each side`;
    throw refuse('invalid-request', filename, `has ${size.width} × ${size.height} pixels; ${limit}`);
  }
  return size;
}
