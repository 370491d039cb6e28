import { isUtf8 } from 'node:buffer';
import { constants, lstatSync, type Stats } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { SandboxLimits } from './limits.ts';
import type { SandboxOutcome, TreeFile } from './sandbox.ts';
import { describePathFault } from './tree-path.ts';

export type Changes = Pick<SandboxOutcome, 'changed' | 'deleted' | 'not_kept'>;

/** Folders that tools generate again from the files that are kept. */
const GENERATED_FOLDERS = new Set(['node_modules', '.venv', '__pycache__', '.npm', '.cache']);

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
  generated: string[];
  /** Files inside generated folders, for files that were sent there. */
  remaining: string[];
}

/**
 * Compares the tree under `root` with the files that were sent.
 *
 * Call this only when no process is alive that can write to the tree: a path that is replaced between two system calls
 * is not detected. A hostile tree is handled: no link is followed, no device or pipe is opened, and all results are
 * limited.
 */
export async function collectChanges(root: string, sent: readonly TreeFile[], limits: SandboxLimits): Promise<Changes> {
  const walk: Walk = { files: [], notKept: [], unreadable: [], generated: [], remaining: [] };
  await walkFolder(root, '', walk, sentFolders(sent));
  await refuseLinksToOutside(root, walk);
  const before = new Map(sent.map((file) => [file.path, file]));
  const changed = await readChanged(root, walk, before, limits);
  return { changed, deleted: findDeleted(sent, walk), not_kept: shorten(walk.notKept) };
}

async function walkFolder(root: string, folder: string, walk: Walk, sent: ReadonlySet<string>): Promise<void> {
  const entries = await readdir(`${root}/${folder}`, { encoding: 'buffer' }).catch(() => undefined);
  if (entries === undefined) {
    walk.unreadable.push(folder);
    walk.notKept.push({ path: folder || '.', reason: 'the folder cannot be read' });
    return;
  }
  for (const [index, name] of readableNames(entries, folder, walk).sort().entries()) {
    if (index % STATS_PER_TURN === 0) await setImmediate();
    await visit(root, folder === '' ? name : `${folder}/${name}`, name, walk, sent);
  }
}

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

async function visit(root: string, path: string, name: string, walk: Walk, sent: ReadonlySet<string>): Promise<void> {
  const keepNot = (reason: string) => walk.notKept.push({ path, reason });
  const fault = describePathFault(path);
  if (fault !== undefined) return void keepNot(fault);
  const stats = statOf(`${root}/${path}`);
  if (stats === undefined) return void keepNot('the path is too long');
  if (stats.isDirectory()) {
    if (!GENERATED_FOLDERS.has(name)) return walkFolder(root, path, walk, sent);
    keepNot('folders with this name are generated again, not stored');
    walk.generated.push(path);
    if (sent.has(path)) await findRemaining(root, path, walk, sent);
    return;
  }
  if (!stats.isFile()) return void keepNot(describeKind(stats));
  if (isSample(path)) return;
  walk.files.push({ path, stats });
}

/** A generated folder may contain files that were sent. Finds those that still exist; the others count as deleted. */
async function findRemaining(root: string, folder: string, walk: Walk, sent: ReadonlySet<string>): Promise<void> {
  const entries = await readdir(`${root}/${folder}`, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory() && sent.has(path)) await findRemaining(root, path, walk, sent);
    else if (entry.isFile()) walk.remaining.push(path);
  }
}

function describeKind(stats: Stats): string {
  if (stats.isSymbolicLink()) return 'symbolic links are not stored';
  if (stats.isFIFO()) return 'named pipes are not stored';
  if (stats.isSocket()) return 'sockets are not stored';
  return 'devices are not stored';
}

/**
 * Refuses files that have a hard link outside the tree: their link count is higher than the number of their names in
 * the tree. Package managers link files into generated folders, so these are searched too, but only when a count
 * differs.
 */
async function refuseLinksToOutside(root: string, walk: Walk): Promise<void> {
  const names = new Map<string, number>();
  const count = (stats: Stats) => names.set(identity(stats), (names.get(identity(stats)) ?? 0) + 1);
  const isInside = ({ stats }: Found) => stats.nlink <= (names.get(identity(stats)) ?? 0);
  for (const { stats } of walk.files) count(stats);
  if (walk.files.every(isInside)) return;
  for (const folder of walk.generated) await countLinks(`${root}/${folder}`, count);
  const outside = walk.files.filter((file) => !isInside(file));
  walk.files = walk.files.filter(isInside);
  walk.notKept.push(...outside.map(({ path }) => ({ path, reason: 'the file is hard-linked outside the tree' })));
}

const identity = (stats: Stats): string => `${stats.dev}:${stats.ino}`;

async function countLinks(folder: string, count: (stats: Stats) => void): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) await countLinks(path, count);
    else if (entry.isFile()) await lstat(path).then(count, () => undefined);
  }
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

/**
 * Reads a regular file. With O_NOFOLLOW and O_NONBLOCK no link is followed and no pipe blocks, whatever lstat reported.
 */
async function readRegular(path: string): Promise<Buffer | undefined> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return (await file.stat()).isFile() ? await file.readFile() : undefined;
  } catch {
    return undefined;
  }
}

function sentFolders(sent: readonly TreeFile[]): Set<string> {
  const folders = new Set<string>();
  for (const { path } of sent) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
      folders.add(path.slice(0, end));
  }
  return folders;
}

function findDeleted(sent: readonly TreeFile[], walk: Walk): string[] {
  const present = new Set([...walk.files.map(({ path }) => path), ...walk.remaining]);
  // A file in a folder that could not be read may still exist.
  const isUnknown = (path: string) => walk.unreadable.some((folder) => folder === '' || path.startsWith(`${folder}/`));
  return sent.map(({ path }) => path).filter((path) => !present.has(path) && !isUnknown(path) && !isSample(path));
}

/** The sample hooks that `git init` writes are not kept. */
const isSample = (path: string): boolean => /(^|\/)\.git\/hooks\/[^/]+\.sample$/.test(path);

function shorten(notKept: Changes['not_kept']): Changes['not_kept'] {
  if (notKept.length <= MAX_NOT_KEPT) return notKept;
  const rest = notKept.length - MAX_NOT_KEPT;
  return [...notKept.slice(0, MAX_NOT_KEPT), { path: '.', reason: `${rest} more entries were not kept` }];
}
