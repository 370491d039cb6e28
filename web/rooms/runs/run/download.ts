import { errorOf } from '../../../api/problem.ts';
import { authorizedFetch } from '../../../api/session.ts';
import { saveFile } from '../../../parts/save-file.ts';

/** Downloads: the answer becomes a file on the user's disk. The console never opens it. */

export async function downloadZip(runId: string): Promise<void> {
  const url = `/api/v1/runs/${encodeURIComponent(runId)}/download`;
  await save(new Request(url, { method: 'POST' }), `${runId}.zip`);
}

export async function downloadFile(runId: string, path: string): Promise<void> {
  const url = `/api/v1/runs/${encodeURIComponent(runId)}/files/${pathInUrl(path)}?raw=1`;
  await save(new Request(url), path.split('/').at(-1) ?? 'file');
}

/** Encodes the parts of a path and keeps its slashes. */
export function pathInUrl(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** @throws ApiError when the server refuses */
async function save(request: Request, name: string): Promise<void> {
  const response = await authorizedFetch(request);
  if (!response.ok) throw await errorOf(response);
  saveFile(await response.blob(), name);
}
