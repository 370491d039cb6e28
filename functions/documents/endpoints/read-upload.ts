import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { openObjects } from '../../platform/objects/open-objects.ts';
import { contentKey, requireUpload } from '../upload.ts';
import { isImageType } from '../upload-limits.ts';
import { UploadParams } from '../upload-view.ts';

/**
 * Returns the bytes of an upload that is ready. A browser shows only images of the four types and downloads everything
 * else; scripts and links in a file do nothing, because its page is a sandbox. Answers 409 for an upload that is not
 * ready.
 */
export const readUpload = endpoint({
  name: 'documents-read-upload',
  route: 'GET /api/v1/uploads/{id}/content',
  access: 'documents:read',
  summary: 'Returns the bytes of one of your uploads.',
  params: UploadParams,
  reply: { 200: 'application/octet-stream' },
}).query(async ({ params, read }) => {
  const row = await requireUpload(read, params.id);
  if (row.status !== 'ready') throw new Problem('conflict', `The upload is ${row.status}, so it has no content.`);
  const disposition = isImageType(row.media_type) ? 'inline' : 'attachment';
  return {
    status: 200,
    stream: (await openObjects()).open(contentKey(row)),
    headers: {
      'content-type': row.media_type,
      'content-length': String(row.size),
      'content-disposition': `${disposition}; filename*=UTF-8''${encodeName(row.filename)}`,
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
    },
  };
});

/** RFC 8187 has fewer plain characters than encodeURIComponent. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}
