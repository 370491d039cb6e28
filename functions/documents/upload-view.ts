import { z } from 'zod';
import { idSchema } from '../platform/id.ts';
import { IMAGE_TYPES } from '../platform/models/model-image.ts';
import type { UploadRow } from './sql/upload.ts';

export const UploadId = idSchema('upl');
export const UploadParams = z.strictObject({ id: UploadId });

const Timestamp = z.iso.datetime();
const common = {
  id: UploadId,
  filename: z.string(),
  size: z.int(),
  purpose: z.enum(['message', 'import']),
  created_at: Timestamp,
};

/** An upload as the API returns it. */
export const Upload = z.discriminatedUnion('status', [
  z.strictObject({
    ...common,
    status: z.literal('pending'),
    expires_at: Timestamp.meta({ description: 'When it is removed, unless it is finished before' }),
  }),
  z.strictObject({
    ...common,
    status: z.literal('ready'),
    media_type: z
      .enum([...IMAGE_TYPES, 'application/pdf', 'text/plain', 'application/json'])
      .meta({ description: 'By its content. HTML and SVG are text/plain. application/json is for imports.' }),
    sha256: z.string(),
    image: z.strictObject({ width: z.int(), height: z.int() }).nullable(),
    text: z
      .strictObject({
        length: z.int().meta({ description: 'UTF-16 code units' }),
        pages: z.int().nullable(),
        note: z.string().nullable().meta({ description: 'What of the text is missing' }),
      })
      .nullable(),
  }),
  z.strictObject({
    ...common,
    status: z.literal('failed'),
    error: z.string(),
    expires_at: Timestamp.meta({ description: 'When it is removed' }),
  }),
]);
export type Upload = z.infer<typeof Upload>;

export function viewOf(row: UploadRow): Upload {
  const { id, filename, size, purpose, created_at } = row;
  const base = { id, filename, size, purpose, created_at };
  switch (row.status) {
    case 'pending':
      return { ...base, status: row.status, expires_at: row.expires_at };
    case 'failed':
      return { ...base, status: row.status, error: row.error, expires_at: row.expires_at };
    case 'ready': {
      const { status, media_type, sha256, width, height, pages, text_length: length, text_note: note } = row;
      return {
        ...base,
        status,
        media_type,
        sha256,
        image: width === null || height === null ? null : { width, height },
        text: length === null ? null : { length, pages, note },
      };
    }
  }
}
