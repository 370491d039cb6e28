import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { listUploads } from '../sql/upload.ts';
import { Upload, UploadId, viewOf } from '../upload-view.ts';

const Position = z.strictObject({ created_at: z.iso.datetime(), id: UploadId });

/** Lists the caller's uploads, newest first. */
export const listUploadsEndpoint = endpoint({
  name: 'documents-list-uploads',
  route: 'GET /api/v1/uploads',
  access: 'documents:read',
  summary: 'Lists your uploads, newest first.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(Upload) },
}).query(async ({ query, read, cursor }) => {
  const before = cursor.decode(query.cursor, Position);
  const rows = await listUploads(read, { limit: query.limit + 1, before });
  const items = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? items.at(-1) : undefined;
  return {
    status: 200,
    body: {
      items: items.map(viewOf),
      next_cursor: last ? cursor.encode({ created_at: last.created_at, id: last.id }) : null,
    },
  };
});
