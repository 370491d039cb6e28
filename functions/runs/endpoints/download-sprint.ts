import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { RunParams } from '../run.ts';
import { findRunStatus } from '../sql/run.ts';
import { zipWorkspace } from '../zip-workspace.ts';

/**
 * Streams all files of a sprint as a ZIP, as they are when the download begins. `.git` stays out: hooks and settings of a repository that an agent made would
 * run on the machine of whoever unpacks it.
 */
export const downloadSprint = endpoint({
  name: 'runs-download-sprint',
  route: 'POST /api/v1/sprints/{id}/download',
  access: 'runs:read',
  summary: "Downloads a sprint's files as a ZIP.",
  params: RunParams,
  reply: { 200: 'application/zip' },
}).query(async ({ params, read, signal }) => {
  const run = await findRunStatus(read, params.id);
  if (run === undefined) throw new Problem('not-found', 'There is no such sprint.');
  const stream = await zipWorkspace({ read, tenantId: run.tenant_id, runId: params.id, signal });
  return { status: 200, stream, headers: { 'content-disposition': `attachment; filename="${params.id}.zip"` } };
});
