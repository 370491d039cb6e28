import { partsOfBareRepositories } from '../../platform/git/bare-layout.ts';
import { type CaseIndex, caseIndex } from '../../platform/portable-path.ts';
import type { SandboxOutcome, TreeFile, TreeFolder } from '../sandbox/sandbox.ts';
import { describeSizeFault, describeSumFault, inBytes, WORKSPACE_LIMITS } from '../workspace.ts';
import { describeNameFault } from '../workspace-path.ts';

/** A file or a packed folder that the run has. The path of a folder ends with a slash. */
interface Stored {
  path: string;
  size: number;
  sha256: string;
}

/** The changes of a command that are stored. */
interface ChangePlan {
  changed: TreeFile[];
  deleted: string[];
  folders: TreeFolder[];
  notKept: SandboxOutcome['not_kept'];
  /** The file that each changed path held when the files were sent. */
  bases: { path: string; sha256: string | null }[];
}

/** Cloud Run refuses requests above 32 MiB. 256 KiB of them are left for the command. */
export const SENT_BYTES = (32 * 1024 - 256) * 1024;

/** Returns the size of a file in a request: base64 makes four bytes of three, and the field names take 60 bytes. */
export function sentBytes({ path, size }: { path: string; size: number }): number {
  return Math.ceil(size / 3) * 4 + Buffer.byteLength(JSON.stringify(path)) + 60;
}

/**
 * Plans which changes are stored. What a run cannot have is not stored, with the reason: a refused name, and what would
 * make the run too large for its limits or for the next command. The rest is stored, so the next command goes on.
 * @param sent the files that were sent. Only these can be deleted.
 * @param now the run's files and folders, which may include other workers' newer ones
 */
export function planChanges(
  outcome: Pick<SandboxOutcome, 'changed' | 'deleted' | 'not_kept' | 'changed_folders'>,
  sent: readonly Pick<Stored, 'path' | 'sha256'>[],
  now: readonly Stored[],
): ChangePlan {
  const before = new Map(sent.map((file) => [file.path, file.sha256]));
  const gone = outcome.deleted.filter((path) => before.has(path));
  const notKept = [...outcome.not_kept];
  const named = refuseNames(outcome.changed, now, gone, notKept);
  const { files, folders } = keepFitting(named, outcome.changed_folders ?? [], room(now, gone), notKept);
  // A repository that is not kept stays as it was.
  const unchanged = new Set(notKept.map(({ path }) => path).filter((path) => path.endsWith(`${GIT}/`)));
  const deleted = gone.filter((path) => !unchanged.has(gitFolderOf(path) ?? ''));
  return {
    changed: files,
    deleted,
    folders,
    notKept,
    bases: [...files.map((file) => file.path), ...deleted].map((path) => ({ path, sha256: before.get(path) ?? null })),
  };
}

/** Removes files with names that a run's files must not have, alone or beside the others. */
function refuseNames(
  changed: readonly TreeFile[],
  now: readonly Stored[],
  deleted: readonly string[],
  notKept: ChangePlan['notKept'],
): TreeFile[] {
  const present = new Set(now.map((file) => file.path));
  for (const path of deleted) present.delete(path);
  const cases = caseIndex(present);
  const isPart = partsOfBareRepositories([...present, ...changed.map((file) => file.path)]);
  return changed.filter(({ path }) => {
    const reason = present.has(path) ? undefined : describeNewName(path, cases, isPart);
    if (reason === undefined) cases.add(path);
    else notKept.push({ path, reason });
    return reason === undefined;
  });
}

function describeNewName(path: string, cases: CaseIndex, isPart: (path: string) => boolean): string | undefined {
  const fault = describeNameFault(path);
  if (fault !== undefined || isInGit(path)) return fault;
  if (isPart(path)) return 'its folder would be a git repository that is not named .git';
  const same = cases.find(path);
  return same === undefined ? undefined : `it differs from ${same} only in case`;
}

const GIT = '.git';

const isInGit = (path: string): boolean => gitFolderOf(path) !== undefined;

function gitFolderOf(path: string): string | undefined {
  return /^(?:.*?\/)?\.git\//s.exec(path)?.[0];
}

/** The run's files and bytes, and the bytes of the request of the next command. */
interface Room {
  sizes: Map<string, number>;
  bytes: number;
  sent: number;
}

function room(now: readonly Stored[], deleted: readonly string[]): Room {
  const sizes = new Map(now.map(({ path, size }) => [path, size]));
  for (const path of deleted) sizes.delete(path);
  const all = [...sizes].map(([path, size]) => ({ path, size }));
  return {
    sizes,
    bytes: all.reduce((sum, file) => sum + file.size, 0),
    sent: all.reduce((sum, file) => sum + sentBytes(file), 0),
  };
}

/**
 * Keeps what fits: the agent's own files first, then each git repository as a whole, because a part of one is broken,
 * then the generated folders.
 */
function keepFitting(
  files: readonly TreeFile[],
  folders: readonly TreeFolder[],
  left: Room,
  notKept: ChangePlan['notKept'],
): { files: TreeFile[]; folders: TreeFolder[] } {
  const keeps = (path: string, group: readonly { path: string; content: Uint8Array }[]): boolean => {
    const fault = take(left, group);
    if (fault !== undefined) notKept.push({ path, reason: fault });
    return fault === undefined;
  };
  const own = files.filter((file) => !isInGit(file.path)).filter((file) => keeps(file.path, [file]));
  const repositories = Map.groupBy(
    files.filter((file) => isInGit(file.path)),
    (file) => gitFolderOf(file.path) ?? '',
  );
  const ofGit = [...repositories].filter(([path, group]) => keeps(path, group)).flatMap(([, group]) => group);
  const kept = folders.filter((folder) => keeps(folder.path, [{ path: `${folder.path}/`, content: folder.content }]));
  return { files: [...own, ...ofGit], folders: kept };
}

/** Adds files to what a run has, or returns why they do not fit. */
function take(left: Room, group: readonly { path: string; content: Uint8Array }[]): string | undefined {
  let { bytes, sent } = left;
  let added = 0;
  for (const { path, content } of group) {
    const size = content.byteLength;
    if (size > WORKSPACE_LIMITS.fileBytes) return describeSizeFault(path, size);
    const old = left.sizes.get(path);
    bytes += size - (old ?? 0);
    sent += sentBytes({ path, size }) - (old === undefined ? 0 : sentBytes({ path, size: old }));
    if (old === undefined) added += 1;
  }
  const isGrowing = sent > left.sent;
  const fault = describeSumFault({ files: left.sizes.size + added, bytes });
  if (fault !== undefined && isGrowing) return fault;
  if (sent > SENT_BYTES && isGrowing)
    return `the next command could not get the workspace: it would have ${inBytes(bytes)}, and a command can get 23 MiB at most`;
  for (const { path, content } of group) left.sizes.set(path, content.byteLength);
  left.bytes = bytes;
  left.sent = sent;
  return undefined;
}
