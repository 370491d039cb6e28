import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { streamBody } from '../../platform/http/body.ts';
import { OPEN_STREAMS } from '../../platform/http/budget.ts';
import { openObjects } from '../../platform/objects/open-objects.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { contentKey, requireUpload } from '../upload.ts';
import { MOST_IMPORT_BYTES } from '../upload-limits.ts';
import { UploadParams } from '../upload-view.ts';

/**
 * Receives the bytes of a pending upload and stores them while they arrive. Answers 413 and 422 when they are more or
 * fewer than announced, and then stores nothing; 409 when the content was sent already. It works beside the signed
 * addresses of Cloud Storage too, for clients that reach only this API.
 */
export const putUploadContent = endpoint({
  name: 'documents-put-upload-content',
  route: 'PUT /api/v1/uploads/{id}/content',
  access: 'documents:write',
  summary: 'Sends the bytes of an upload.',
  params: UploadParams,
  takesBytes: true,
  bodyLimit: MOST_IMPORT_BYTES,
  reply: { 204: null },
  deployment: { timeoutSeconds: 300 },
}).serve(async ({ params, request, database, identity, hold }) => {
  const { caller: _, ...scoped } = await enter(database, identity, 'documents:write');
  const row = await requireUpload(scoped, params.id);
  if (row.status !== 'pending') throw new Problem('conflict', `The upload is ${row.status}; start another one.`);
  hold(OPEN_STREAMS, 1);
  const isNew = await (await openObjects()).write(contentKey(row), exactly(row.size, streamBody(request, row.size)));
  if (!isNew) throw new Problem('conflict', 'The content was sent already. Finish the upload, or start another one.');
  return { status: 204 };
});

/** @throws Problem 422 when the bytes end too early */
async function* exactly(size: number, source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let received = 0;
  for await (const chunk of source) {
    received += chunk.length;
    yield chunk;
  }
  if (received !== size)
    throw new Problem('invalid-request', `The body has ${received} bytes; the upload was announced with ${size}.`);
}
