import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { openObjects } from '../../platform/objects/open-objects.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { refuseByName } from '../content/inspect-content.ts';
import { countUploads, insertUpload, lockUploads } from '../sql/upload.ts';
import { contentKey } from '../upload.ts';
import { MOST_BYTES, MOST_IMPORT_BYTES, QUOTA, UPLOAD_SECONDS } from '../upload-limits.ts';
import { Upload, viewOf } from '../upload-view.ts';

/** Without what changes how a name is shown: marks of direction make `gpj.exe` look like `exe.jpg`. */
const FileName = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .refine((name) => !/[\p{Cc}\p{Zl}\p{Zp}/\\\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(name), {
    message: 'must be a name without folders, control characters and marks of direction',
  });

const SendRequest = z.strictObject({
  method: z.literal('PUT'),
  url: z.string().meta({
    description: 'Of the store, which takes no token; or, when it begins with a slash, of this API, which takes yours',
  }),
  headers: z.record(z.string(), z.string()).meta({ description: 'To be sent as they are' }),
  expires_at: z.iso.datetime(),
});

/**
 * Starts the upload of a file. Send its bytes with the request in `upload`, then call `finish`. Images (PNG, JPEG, GIF,
 * WebP) have 5 MiB and 8,000 pixels on each side at most, PDFs 20 MiB, texts 2 MiB, JSON for an import 200 MiB. Answers
 * 413 and 415 for a name or size that cannot be accepted, 413 when your files have too many bytes, and 429 when you
 * have too many.
 */
export const startUpload = endpoint({
  name: 'documents-start-upload',
  route: 'POST /api/v1/uploads',
  access: 'documents:write',
  summary: 'Starts the upload of a file and returns the request that sends its bytes.',
  body: z.strictObject({
    filename: FileName,
    size: z.int().min(1, 'must be at least 1: the file is empty').max(Number.MAX_SAFE_INTEGER),
    media_type: z
      .string()
      .max(100)
      .optional()
      .meta({ description: 'What you take the file for. Its content decides.' }),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits in lower case')
      .optional(),
    purpose: z.enum(['message', 'import']).default('message').meta({
      description: '`import`: a JSON file for `POST /imports`, which cannot be attached to a message',
    }),
  }),
  reply: { 201: z.strictObject({ ...Upload.options[0].shape, upload: SendRequest }) },
}).serve(async ({ body, database, identity }) => {
  const { caller, ...scoped } = await enter(database, identity, 'documents:write');
  const { filename, size, purpose, media_type: announcedType, sha256 } = body;
  const most = purpose === 'import' ? MOST_IMPORT_BYTES : MOST_BYTES;
  if (size > most) throw new Problem('too-large', `${filename} has ${size} bytes; a file may have ${most} at most.`);
  if (purpose === 'message') refuseByName(filename, size);
  const row = await scoped.transaction(async (transaction) => {
    await transaction.query(lockUploads(caller.userId));
    refuseAboveQuota(await countUploads(transaction), size);
    return insertUpload(transaction, { id: createId('upl'), filename, size, purpose, announcedType, sha256 });
  });
  const view = row && viewOf(row);
  if (row === undefined || view?.status !== 'pending') throw new Error('A new upload is not pending');
  const signed = await (await openObjects()).signUpload(contentKey(row), { bytes: size, seconds: UPLOAD_SECONDS });
  const { url, headers } = signed ?? { url: `/api/v1/uploads/${row.id}/content`, headers: {} };
  const expiresAt = new Date(Date.now() + UPLOAD_SECONDS * 1000).toISOString();
  return { status: 201, body: { ...view, upload: { method: 'PUT', url, headers, expires_at: expiresAt } } };
});

/** @throws Problem 429 above the number of uploads, 413 above the number of bytes */
function refuseAboveQuota(has: { uploads: number; pending: number; bytes: number }, size: number): void {
  if (has.pending >= QUOTA.pending)
    throw new Problem('too-many-requests', `You have ${QUOTA.pending} unfinished uploads. Finish or delete some.`);
  if (has.uploads >= QUOTA.uploads)
    throw new Problem('too-many-requests', `You have ${QUOTA.uploads} uploads, which is the limit. Delete some.`);
  if (has.bytes + size > QUOTA.bytes)
    throw new Problem('too-large', `Your uploads may have ${QUOTA.bytes} bytes together; they have ${has.bytes}.`);
}
