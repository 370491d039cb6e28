import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { Import, ImportParams } from '../import.ts';
import { findImport } from '../sql/import.ts';

/** Returns an import of the caller with its progress and counts. 404 for another user's, also in the same tenant. */
export const getImport = endpoint({
  name: 'imports-get-import',
  route: 'GET /api/v1/imports/{id}',
  access: 'memory:read',
  summary: 'Returns an import with its progress and counts.',
  params: ImportParams,
  reply: { 200: Import },
}).query(async ({ params, read }) => {
  const found = await findImport(read, params.id);
  if (found === undefined) throw new Problem('not-found', 'There is no such import.');
  return { status: 200, body: found };
});
