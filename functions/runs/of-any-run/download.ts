import { addAbortSignal, PassThrough } from 'node:stream';
import type { ZipFile } from 'yazl';
import { cutText } from '../../platform/cut-text.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { describeConfusions, outgoingFiles } from '../../tools/outgoing-files.ts';
import { listWorkspace, openContent, type WorkspaceFile } from '../../tools/workspace.ts';
import { requireRun } from '../find-run.ts';
import { RunParams } from '../run.ts';

/**
 * Declares: streams all files of a run as a ZIP, in their state when the download starts. What git takes for a
 * repository is left out: the hooks and settings of a repository that an agent wrote would run on the machine of the
 * user who unpacks the ZIP. Names that some disks confuse are in the comment of the ZIP.
 */
export const downloadOf = (noun: 'run' | 'sprint') =>
  endpoint({
    name: `runs-download-${noun}`,
    route: `POST /api/v1/${noun}s/{id}/download`,
    access: 'runs:read',
    summary: `Downloads a ${noun}'s files as a ZIP.`,
    params: RunParams,
    reply: { 200: 'application/zip' },
  }).query(async ({ params, read, signal }) => {
    const run = await requireRun(read, params.id, noun);
    const files = outgoingFiles(await listAll(read, params.id));
    const stream = await zip(files, run.tenant_id, signal);
    return { status: 200, stream, headers: { 'content-disposition': `attachment; filename="${params.id}.zip"` } };
  });

const PAGE = 500;

async function listAll(read: Queryable, runId: string): Promise<WorkspaceFile[]> {
  const files: WorkspaceFile[] = [];
  for (let after: string | undefined; ; ) {
    const page = await listWorkspace(read, runId, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    files.push(...page);
    if (page.length < PAGE) return files;
    after = page.at(-1)?.path;
  }
}

/**
 * Returns a ZIP that is written while it is read, so no file is in memory as a whole. Paths are relative and were
 * checked when the files were stored, so no entry can leave the folder that it is unpacked in.
 */
async function zip(
  files: readonly WorkspaceFile[],
  tenantId: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const { ZipFile } = await import('yazl');
  const archive = new ZipFile();
  for (const file of files) addFile(archive, file, tenantId, signal);
  // A comment has at most 65,535 bytes.
  archive.end({ forceZip64Format: false, comment: cutText(describeConfusions(files).join('\n'), 10_000) });
  const output = new PassThrough();
  archive.outputStream.pipe(output);
  archive.on('error', (error: Error) => output.destroy(error));
  return output;
}

/** Adds a file that is opened only when the ZIP reaches it, and closed when the caller disconnects. */
function addFile(archive: ZipFile, file: WorkspaceFile, tenantId: string, signal: AbortSignal): void {
  const options = { mtime: new Date(file.updated_at), mode: file.mode === 'executable' ? 0o100755 : 0o100644 };
  archive.addReadStreamLazy(file.path, options, (deliver) => {
    signal.throwIfAborted();
    openContent(tenantId, file).then(
      (content) => deliver(null, addAbortSignal(signal, content)),
      (error: Error) => archive.emit('error', error),
    );
  });
}
