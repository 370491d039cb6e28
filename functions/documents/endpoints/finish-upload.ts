import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { REPLY_BYTES } from '../../platform/http/budget.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { checkContent } from '../finish-upload.ts';
import { requireUpload } from '../upload.ts';
import { Upload, UploadParams, viewOf } from '../upload-view.ts';

/**
 * Checks the content of an upload and reads its text. Idempotent: a finished upload is answered again as it is, a
 * rejected one with the same problem. Answers 409 when nothing was sent, 422 when the content has another size or hash
 * than announced or is a damaged image, 413 when it is too large for its type, and 415 when its type is not accepted or
 * differs from its name, or when an import does not begin as JSON. A PDF that cannot be read, such as an encrypted one,
 * answers 200 with the status `failed`.
 */
export const finishUpload = endpoint({
  name: 'documents-finish-upload',
  route: 'POST /api/v1/uploads/{id}/finish',
  access: 'documents:write',
  summary: 'Checks the content of an upload, so that it can be used.',
  params: UploadParams,
  reply: { 200: Upload },
  // The account of the workers calls the service that reads PDFs. A few contents of 20 MiB are in memory at a time.
  deployment: { identity: 'worker', memoryMiB: 512, concurrency: 8, timeoutSeconds: 60 },
}).serve(async ({ params, database, identity, signal, hold }) => {
  const { caller: _, ...scoped } = await enter(database, identity, 'documents:write');
  const found = await requireUpload(scoped, params.id);
  if (found.status === 'pending' && found.purpose === 'message') hold(REPLY_BYTES, found.size);
  const row = found.status === 'pending' ? await checkContent(scoped, found, signal) : found;
  if (row.status === 'failed' && row.problem !== null) throw new Problem(row.problem, row.error);
  return { status: 200, body: viewOf(row) };
});
