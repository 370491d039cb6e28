import { PassThrough, Readable } from 'node:stream';
import type { ZipFile } from 'yazl';
import type { Queryable } from '../platform/database/database.ts';
import { listWorkspace, readContent, type WorkspaceFile } from '../tools/workspace.ts';

const PAGE = 500;

export interface ZipRequest {
  read: Queryable;
  tenantId: string;
  runId: string;
  signal: AbortSignal;
}

/**
 * A ZIP of a run's files, written while it is read: one file is in memory at a time. File names are relative paths that were checked when they were
 * stored, so no entry leaves the folder that it is unpacked in.
 */
export async function zipWorkspace(request: ZipRequest): Promise<AsyncIterable<Uint8Array>> {
  const files = await listAll(request);
  const { ZipFile } = await import('yazl');
  const zip = new ZipFile();
  for (const file of files) addFile(zip, file, request);
  zip.end();
  const output = new PassThrough();
  zip.outputStream.pipe(output);
  zip.on('error', (error: Error) => output.destroy(error));
  return output;
}

async function listAll({ read, runId }: ZipRequest): Promise<WorkspaceFile[]> {
  const files: WorkspaceFile[] = [];
  for (let after: string | undefined; ; ) {
    const page = await listWorkspace(read, runId, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    files.push(...page);
    if (page.length < PAGE) return files;
    after = page.at(-1)?.path;
  }
}

/** The content is read when the writer comes to it, not before. */
function addFile(zip: ZipFile, file: WorkspaceFile, { tenantId, signal }: ZipRequest): void {
  const options = { mtime: new Date(file.updated_at), mode: file.mode === 'executable' ? 0o100755 : 0o100644 };
  zip.addReadStreamLazy(file.path, options, (deliver) => {
    signal.throwIfAborted();
    readContent(tenantId, file).then(
      (bytes) => deliver(null, Readable.from([bytes])),
      (error: Error) => zip.emit('error', error),
    );
  });
}
