import { endpoint } from '../../platform/endpoint.ts';
import { requireUpload } from '../upload.ts';
import { Upload, UploadParams, viewOf } from '../upload-view.ts';

/** Returns an upload of the caller. */
export const getUpload = endpoint({
  name: 'documents-get-upload',
  route: 'GET /api/v1/uploads/{id}',
  access: 'documents:read',
  summary: 'Returns one of your uploads.',
  params: UploadParams,
  reply: { 200: Upload },
}).query(async ({ params, read }) => ({ status: 200, body: viewOf(await requireUpload(read, params.id)) }));
