import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Statement } from '../platform/database/batch.ts';
import type { Queryable } from '../platform/database/database.ts';
import { openDatabase } from '../platform/database/open.ts';
import { partsOfBareRepositories } from '../platform/git/bare-layout.ts';
import { blobKey } from '../platform/objects/objects.ts';
import { openObjects } from '../platform/objects/open-objects.ts';
import { caseIndex } from '../platform/portable-path.ts';
import { parentFolders } from './sandbox/tree-path.ts';
import { refuseRemovedBlobs, upsertBlob } from './sql/blob.ts';
import {
  deleteFiles,
  type FileMode,
  type FileRow,
  findFileByPath,
  findPathSurroundings,
  listFiles,
  lockFiles,
  refuseBrokenTree,
  refuseStaleFiles,
  upsertFiles,
} from './sql/file.ts';
import { findFileVersion, listFileVersions, nameFileChange } from './sql/file-version.ts';
import { describeNameFault, isInsideGit } from './workspace-path.ts';

/**
 * A run's files are rows that point to content-addressed blobs under the tenant's prefix. A blob is stored before its
 * row and never changes. So every row has its blob, and a change that is not committed leaves at most a blob without a
 * row.
 */
export type WorkspaceFile = FileRow;

/** 5,000 rows can be listed in one query, and 256 MiB fit into one ZIP file that a browser can download. */
export const WORKSPACE_LIMITS = { fileBytes: 16 * 1024 * 1024, files: 5_000, totalBytes: 256 * 1024 * 1024 };

interface WorkspacePage {
  /** Lists only paths that begin with this text, such as `backend/` for a folder. */
  prefix?: string;
  /** Lists only paths that sort after this path. */
  after?: string;
  limit: number;
  /** Whether files in `.git` are listed. The default is true only when the prefix is inside `.git`. */
  withGit?: boolean;
}

/** Lists a run's files, ordered by path. Returns none for a run of another tenant. */
export function listWorkspace(queryable: Queryable, runId: string, page: WorkspacePage): Promise<WorkspaceFile[]> {
  const { prefix = '', after = '', limit, withGit = isInsideGit(prefix) } = page;
  return listFiles(queryable, runId, { prefix, after, limit, withGit });
}

/** Lists versions of a file, newest first. A deletion is a version without a content. */
export const listVersions = listFileVersions;

/** Returns a version of a file, or undefined. */
export const findVersion = findFileVersion;

/** Goes before the statements of {@link changeFiles}: names the turn of the node whose call changes the files. */
export const nameChange = nameFileChange;

export function findFile(queryable: Queryable, runId: string, path: string): Promise<WorkspaceFile | undefined> {
  return findFileByPath(queryable, runId, path);
}

/** @throws NoSuchObject when the blob is missing, which is an internal error */
export async function readContent(tenantId: string, file: { sha256: string }): Promise<Buffer> {
  return (await openObjects()).get(blobKey(tenantId, file.sha256));
}

/** Returns a stream of a file's bytes. It fails with NoSuchObject when the blob is missing. */
export async function openContent(tenantId: string, file: { sha256: string }): Promise<Readable> {
  return (await openObjects()).open(blobKey(tenantId, file.sha256));
}

/** Reads many files with limited parallelism. Returns the contents by hash; equal contents are read once. */
export async function readContents(
  tenantId: string,
  files: readonly { sha256: string }[],
): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  const hashes = [...new Set(files.map((file) => file.sha256))];
  await inParallel(hashes, async (sha256) => void contents.set(sha256, await readContent(tenantId, { sha256 })));
  return contents;
}

/**
 * Stores the bytes as a blob. Idempotent. The blob has a row before it is stored: until a file has it, the sweep may
 * remove it after an hour (timers/sweep-blobs.ts).
 */
export async function storeContent(tenantId: string, bytes: Uint8Array): Promise<{ sha256: string; size: number }> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await upsertBlob((await openDatabase()).as({ kind: 'tenant', tenantId }), sha256);
  await (await openObjects()).put(blobKey(tenantId, sha256), bytes);
  return { sha256, size: bytes.byteLength };
}

/** High enough to hide the object store's latency, low enough for the memory and sockets of a small function. */
const PARALLEL = 16;

export async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = items.values();
  const lanes = Array.from({ length: Math.min(PARALLEL, items.length) }, async () => {
    for (const item of queue) await work(item);
  });
  await Promise.all(lanes);
}

interface FilesChange {
  runId: string;
  /** The name of the worker that made the change. */
  updatedBy: string;
  upserts?: readonly { path: string; sha256: string; size: number; mode: FileMode | 'folder' }[];
  deletes?: readonly string[];
  /** The file that each path held when the change was made (null: none). Any other file makes the transaction fail. */
  bases?: readonly { path: string; sha256: string | null }[];
}

/**
 * Returns the statements of a change, to be run in this order in one transaction. They enforce the limits and the shape
 * of a tree against concurrent changes: they fail with AF409, and the caller makes its change again from the new files.
 * @throws Error for a name that a file must not have; callers have refused it before
 */
export function changeFiles({ runId, updatedBy, upserts = [], deletes = [], bases = [] }: FilesChange): Statement[] {
  if (upserts.length + deletes.length === 0) return [];
  const misnamed = upserts.find(({ path, mode }) => mode !== 'folder' && describeNameFault(path) !== undefined);
  if (misnamed !== undefined) throw new Error(`${JSON.stringify(misnamed.path)} is no name of a file of a run`);
  return [
    lockFiles(runId),
    ...(bases.length > 0 ? [refuseStaleFiles(runId, bases)] : []),
    ...(deletes.length > 0 ? [deleteFiles(runId, deletes)] : []),
    ...(upserts.length > 0
      ? [
          refuseRemovedBlobs(
            runId,
            upserts.map(({ sha256 }) => sha256),
          ),
        ]
      : []),
    ...(upserts.length > 0 ? [upsertFiles(runId, updatedBy, upserts)] : []),
    ...(upserts.length > 0 ? [refuseBrokenTree(runId, WORKSPACE_LIMITS)] : []),
  ];
}

/** Returns why a file of this size cannot be written at the path, for a model, or undefined when it can. */
export async function describeWriteFault(
  queryable: Queryable,
  runId: string,
  path: string,
  sizes: { before: number | undefined; after: number },
): Promise<string | undefined> {
  if (sizes.after > WORKSPACE_LIMITS.fileBytes) return describeSizeFault(path, sizes.after);
  const around = await findPathSurroundings(queryable, runId, path, parentFolders(path));
  if (around.file_above !== null) return `${around.file_above} is a file, so nothing can be written inside it.`;
  if (around.file_below !== null) return `${path} is a folder (it holds ${around.file_below}), so it cannot be a file.`;
  if (sizes.before === undefined) {
    const rows = await listWorkspace(queryable, runId, { limit: WORKSPACE_LIMITS.files, withGit: true });
    const fault = describeNewPathFault(
      path,
      rows.map((row) => row.path),
    );
    if (fault !== undefined) return fault;
  }
  const files = around.files + (sizes.before === undefined ? 1 : 0);
  return describeSumFault({ files, bytes: around.bytes - (sizes.before ?? 0) + sizes.after });
}

/** Returns why no file can be created at the path beside these files, for a model, or undefined when it can. */
export function describeNewPathFault(path: string, paths: readonly string[]): string | undefined {
  const same = caseIndex(paths).find(path);
  if (same !== undefined)
    return `${path} differs from ${same} only in case, and some disks take both for one file. Use the same name, or another one.`;
  if (partsOfBareRepositories([...paths, path])(path))
    return `${path} would make its folder a git repository: git runs programs that the files config and hooks of such a folder name. Use another name.`;
  return undefined;
}

export function describeSizeFault(path: string, size: number): string {
  return `${path} would have ${inBytes(size)}; a file may have ${inBytes(WORKSPACE_LIMITS.fileBytes)} at most.`;
}

/** Returns why a run cannot have so many files or bytes, for a model, or undefined when it can. */
export function describeSumFault({ files, bytes }: { files: number; bytes: number }): string | undefined {
  if (files > WORKSPACE_LIMITS.files)
    return `The workspace would have ${inDigits(files)} files; it may have ${inDigits(WORKSPACE_LIMITS.files)} at most.`;
  if (bytes <= WORKSPACE_LIMITS.totalBytes) return undefined;
  return `The workspace would have ${inBytes(bytes)}; it may have ${inBytes(WORKSPACE_LIMITS.totalBytes)} at most.`;
}

/** Formats a number as `1,234`. Models read grouped digits with fewer mistakes. */
export function inDigits(count: number): string {
  return count.toLocaleString('en-US');
}

export function inBytes(size: number): string {
  return size === 1 ? '1 byte' : `${inDigits(size)} bytes`;
}

/** Returns the text of a file, or undefined when it is binary. NUL is valid UTF-8, but text files do not contain it. */
export function textOf(bytes: Buffer): string | undefined {
  return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString('utf8') : undefined;
}

/** Returns a file as the API shows it: text as UTF-8, anything else as base64. */
export function toFileBody(file: Pick<WorkspaceFile, 'path' | 'size' | 'sha256'>, bytes: Buffer) {
  const { path, size, sha256 } = file;
  const text = textOf(bytes);
  return text === undefined
    ? { path, content: bytes.toString('base64'), encoding: 'base64' as const, size, sha256 }
    : { path, content: text, encoding: 'utf-8' as const, size, sha256 };
}
