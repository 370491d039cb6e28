import { IMAGE_TYPES, type ImageType } from '../platform/models/model-image.ts';

/**
 * What can be uploaded, and how much of it. Everything that names a limit reads it here.
 */

export type MediaType = ImageType | 'application/pdf' | 'text/plain' | 'application/json';

interface AcceptedType {
  mediaType: MediaType;
  /** Endings of names. A file of this type has one of them, or none. Any other ending is a text's. */
  endings: readonly string[];
  /** The largest file of this type. */
  bytes: number;
}

const MIB = 1024 * 1024;
/** Claude takes 10 MiB of base64 for an image, which are 7.5 MiB of bytes, and Gemini 20 MiB for a whole request. */
const IMAGE_BYTES = 5 * MIB;

export const ACCEPTED_TYPES: readonly AcceptedType[] = [
  { mediaType: 'image/png', endings: ['png'], bytes: IMAGE_BYTES },
  { mediaType: 'image/jpeg', endings: ['jpg', 'jpeg', 'jfif'], bytes: IMAGE_BYTES },
  { mediaType: 'image/gif', endings: ['gif'], bytes: IMAGE_BYTES },
  { mediaType: 'image/webp', endings: ['webp'], bytes: IMAGE_BYTES },
  { mediaType: 'application/pdf', endings: ['pdf'], bytes: 20 * MIB },
  { mediaType: 'text/plain', endings: [], bytes: 2 * MIB },
];

/** The largest file of any type. It fits into one request of Cloud Run, which has 32 MiB at most. */
export const MOST_BYTES = Math.max(...ACCEPTED_TYPES.map(({ bytes }) => bytes));

/** The largest file for an import. Cloud Storage takes it by its signed address; its content is never in memory. */
export const MOST_IMPORT_BYTES = 200 * MIB;

/** The largest width and height of an image in pixels. Claude refuses larger ones. */
export const MOST_PIXELS = 8_000;

/** A PDF's text: pages that are read, and UTF-16 code units that are kept. The rest is left out, and a note says so. */
export const PDF_LIMITS: PdfLimits = { pages: 500, characters: 2_000_000, seconds: 20 };

export interface PdfLimits {
  pages: number;
  characters: number;
  seconds: number;
}

/** What a user may have. Failed and deleted uploads count until they are swept, a day after they were started. */
export const QUOTA = { uploads: 2_000, pending: 100, bytes: 2 * 1024 * MIB } as const;

/** How long the address of an upload may be used. */
export const UPLOAD_SECONDS = 3_600;

export function isImageType(mediaType: string): mediaType is ImageType {
  return IMAGE_TYPES.some((type) => type === mediaType);
}

/** Returns the limit of a type. */
export function mostBytesOf(mediaType: MediaType): number {
  return ACCEPTED_TYPES.find((type) => type.mediaType === mediaType)?.bytes ?? 0;
}
