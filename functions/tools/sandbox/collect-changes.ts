import { isUtf8 } from 'node:buffer';
import { lstatSync, type Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { type GeneratedFolder, packGenerated, walkGenerated } from './collect-folders.ts';
import { recogniseFolder } from './generated-folder.ts';
import type { SandboxLimits } from './limits.ts';
import { readRegular } from './read-regular.ts';
import type { SandboxOutcome, SandboxRequest, TreeFile, TreeFolder } from './sandbox.ts';
import { describePathFault } from './tree-path.ts';

export type Changes = Pick<SandboxOutcome, 'changed' | 'deleted' | 'not_kept' | 'changed_folders' | 'deleted_folders'>;
type Sent = Pick<SandboxRequest, 'files' | 'folders'>;

/** The most entries of `not_kept`. A million symbolic links must not become a million lines. */
const MAX_NOT_KEPT = 1_000;

interface Found {
  path: string;
  stats: Stats;
}

interface Walk {
  files: Found[];
  notKept: Changes['not_kept'];
  /** Folders that could not be read. Files that were sent inside them count as unchanged. */
  unreadable: string[];
  /** Folders without any entry, but not those of git, which makes its own again. */
  empty: string[];
  generated: GeneratedFolder[];
}

/**
 * Compares the tree under `root` with the files that were sent.
 *
 * Call this only when no process is alive that can write to the tree: a path that is replaced between two system calls
 * is not detected. A hostile tree is handled: no link is followed, no device or pipe is opened, and all results are
 * limited.
 */
export async function collectChanges(root: string, sent: Sent, limits: SandboxLimits): Promise<Changes> {
  const walk: Walk = { files: [], notKept: [], unreadable: [], empty: [], generated: [] };
  const before = new Map(sent.files.map((file) => [file.path, file]));
  await walkFolder(root, '', walk, before);
  refuseLinksToOutside(walk);
  const changed = await readChanged(root, walk, before, limits);
  const room = limits.returnedBytes - changed.reduce((sum, file) => sum + file.content.byteLength, 0);
  const folders = await packChanged(root, walk, sent.folders ?? [], room);
  const empty = walk.empty.map((path) => ({ path, reason: 'empty folders are not kept' }));
  // Empty folders are last, because they are the least of what is lost.
  return {
    changed,
    deleted: findDeleted(sent.files, walk),
    ...folders,
    not_kept: shorten([...walk.notKept, ...empty]),
  };
}

async function walkFolder(root: string, folder: string, walk: Walk, before: Before): Promise<void> {
  const entries = await readdir(`${root}/${folder}`, { encoding: 'buffer' }).catch(() => undefined);
  if (entries === undefined) {
    walk.unreadable.push(folder);
    walk.notKept.push({ path: folder || '.', reason: 'the folder cannot be read' });
    return;
  }
  if (entries.length === 0 && folder !== '' && !IN_GIT.test(folder)) walk.empty.push(folder);
  const names = readableNames(entries, folder, walk).sort();
  if (folder !== '' && (await takeGenerated(root, folder, names, walk, before))) return;
  for (const [index, name] of names.entries()) {
    if (index % STATS_PER_TURN === 0) await setImmediate();
    await visit(root, folder === '' ? name : `${folder}/${name}`, walk, before);
  }
}

/** What is inside `.git` belongs to its repository, also the folders of worktrees and submodules. */
const IN_GIT = /(^|\/)\.git(\/|$)/;

/**
 * Takes a generated folder as a whole, but not the files in it that were sent: an agent wrote them, and their changes
 * are kept like all others.
 */
async function takeGenerated(
  root: string,
  folder: string,
  names: readonly string[],
  walk: Walk,
  before: Before,
): Promise<boolean> {
  if (IN_GIT.test(folder)) return false;
  const name = folder.slice(folder.lastIndexOf('/') + 1);
  const kind = await recogniseFolder(name, names, async (entry) =>
    ((await readRegular(`${root}/${folder}/${entry}`, 100)) ?? '').toString(),
  );
  if (kind === undefined) return false;
  const found = await walkGenerated(root, folder, kind.isKept);
  walk.files.push(...found.files.filter(({ path }) => before.has(path)));
  walk.generated.push({ ...found, files: found.files.filter(({ path }) => !before.has(path)) });
  if (!kind.isKept) walk.notKept.push({ path: folder, reason: `${kind.is}, which is made again` });
  return true;
}

type Before = ReadonlyMap<string, TreeFile>;

/** Returns the names that are valid UTF-8. Any other name would be decoded to a name that another file may have. */
function readableNames(entries: readonly Buffer[], folder: string, walk: Walk): string[] {
  return entries.flatMap((entry) => {
    const name = entry.toString('utf8');
    if (isUtf8(entry)) return [name];
    walk.notKept.push({ path: folder === '' ? name : `${folder}/${name}`, reason: 'the name is not valid UTF-8' });
    return [];
  });
}

/**
 * Reads the metadata of a file synchronously. The tree is in memory, and for 100,000 names the asynchronous call takes
 * ten times as long. `walkFolder` yields to the event loop after every 200 names.
 */
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}
const STATS_PER_TURN = 200;

async function visit(root: string, path: string, walk: Walk, before: Before): Promise<void> {
  const keepNot = (reason: string) => walk.notKept.push({ path, reason });
  const fault = describePathFault(path);
  if (fault !== undefined) return void keepNot(fault);
  const stats = statOf(`${root}/${path}`);
  if (stats === undefined) return void keepNot('the path is too long');
  if (stats.isDirectory()) return walkFolder(root, path, walk, before);
  if (!stats.isFile()) return void keepNot(describeKind(stats));
  if (isSample(path)) return;
  walk.files.push({ path, stats });
}

function describeKind(stats: Stats): string {
  if (stats.isSymbolicLink()) return 'symbolic links are not stored';
  if (stats.isFIFO()) return 'named pipes are not stored';
  if (stats.isSocket()) return 'sockets are not stored';
  return 'devices are not stored';
}

/**
 * Refuses files that have a hard link outside the tree: their link count is higher than the number of their names in
 * the tree. Package managers link files into generated folders, so those names count, too.
 */
function refuseLinksToOutside(walk: Walk): void {
  const names = new Map<string, number>();
  for (const { stats } of [walk, ...walk.generated].flatMap(({ files }) => files))
    names.set(identity(stats), (names.get(identity(stats)) ?? 0) + 1);
  const isInside = ({ stats }: Found) => stats.nlink <= (names.get(identity(stats)) ?? 0);
  const outside = walk.files.filter((file) => !isInside(file));
  walk.files = walk.files.filter(isInside);
  for (const folder of walk.generated) folder.files = folder.files.filter(isInside);
  walk.notKept.push(...outside.map(({ path }) => ({ path, reason: 'the file is hard-linked outside the tree' })));
}

const identity = (stats: Stats): string => `${stats.dev}:${stats.ino}`;

/** Packs the generated folders that differ from what was sent, as long as there is room. */
async function packChanged(root: string, walk: Walk, sent: readonly TreeFolder[], room: number) {
  const before = new Map(sent.map((folder) => [folder.path, folder.content]));
  const changed: TreeFolder[] = [];
  let left = room;
  for (const folder of walk.generated.filter(({ isKept }) => isKept)) {
    const old = before.get(folder.path);
    before.delete(folder.path);
    const content = folder.fault === undefined ? await packGenerated(root, folder) : undefined;
    if (content === undefined || content.length > left) {
      const reason = folder.fault ?? `it has ${content?.length} bytes: too large to keep for later commands`;
      walk.notKept.push({ path: folder.path, reason });
    } else if (old === undefined || !Buffer.from(content).equals(old)) {
      changed.push({ path: folder.path, content });
      left -= content.length;
    }
  }
  const deleted = [...before.keys()].filter((path) => !isUnreadable(walk, path));
  return {
    ...(changed.length > 0 ? { changed_folders: changed } : {}),
    ...(deleted.length > 0 ? { deleted_folders: deleted } : {}),
  };
}

/** A file in a folder that could not be read may still exist. */
function isUnreadable(walk: Walk, path: string): boolean {
  return walk.unreadable.some((folder) => folder === '' || path.startsWith(`${folder}/`));
}

async function readChanged(
  root: string,
  walk: Walk,
  before: ReadonlyMap<string, TreeFile>,
  limits: SandboxLimits,
): Promise<TreeFile[]> {
  const changed: TreeFile[] = [];
  let total = 0;
  for (const { path, stats } of workFirst(walk.files)) {
    const old = before.get(path);
    const keepNot = (reason: string) => walk.notKept.push({ path, reason });
    if (stats.size > limits.returnedFileBytes) {
      keepNot(`the file is larger than ${limits.returnedFileBytes} bytes`);
      continue;
    }
    // A new file beyond the limit is not opened, because there may be tens of thousands.
    if (old === undefined && changed.length >= limits.returnedFiles) {
      keepNot(`more than ${limits.returnedFiles} files changed`);
      continue;
    }
    const mode = (stats.mode & 0o100) === 0 ? 'regular' : 'executable';
    const content = await readRegular(`${root}/${path}`);
    if (content === undefined) keepNot('the file cannot be read');
    else if (old !== undefined && old.mode === mode && content.equals(old.content)) continue;
    else if (changed.length >= limits.returnedFiles) keepNot(`more than ${limits.returnedFiles} files changed`);
    else if (total + content.length > limits.returnedBytes) keepNot(`more than ${limits.returnedBytes} bytes changed`);
    else {
      changed.push({ path, mode, content: new Uint8Array(content) });
      total += content.length;
    }
  }
  return changed;
}

/** Puts the agent's own files before the files of git, because the limits drop the last ones. */
function workFirst(files: readonly Found[]): Found[] {
  const isGit = ({ path }: Found) => path.startsWith('.git/') || path.includes('/.git/');
  return [...files.filter((file) => !isGit(file)), ...files.filter(isGit)];
}

function findDeleted(sent: readonly TreeFile[], walk: Walk): string[] {
  const present = new Set(walk.files.map(({ path }) => path));
  return sent
    .map(({ path }) => path)
    .filter((path) => !present.has(path) && !isUnreadable(walk, path) && !isSample(path));
}

/** The sample hooks that `git init` writes are not kept. */
const isSample = (path: string): boolean => /(^|\/)\.git\/hooks\/[^/]+\.sample$/.test(path);

function shorten(notKept: Changes['not_kept']): Changes['not_kept'] {
  if (notKept.length <= MAX_NOT_KEPT) return notKept;
  const rest = notKept.length - MAX_NOT_KEPT;
  return [...notKept.slice(0, MAX_NOT_KEPT), { path: '.', reason: `${rest} more entries were not kept` }];
}
