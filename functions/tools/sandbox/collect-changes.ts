import { isUtf8 } from 'node:buffer';
import { constants, lstatSync, type Stats } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { SandboxLimits } from './limits.ts';
import type { SandboxOutcome, TreeFile } from './sandbox.ts';
import { describePathFault } from './tree-path.ts';

export type Changes = Pick<SandboxOutcome, 'changed' | 'deleted' | 'not_kept'>;

/** Folders that a tool makes again from what is kept. */
const REMADE_FOLDERS = new Set(['node_modules', '.venv', '__pycache__', '.npm', '.cache']);

/** So many entries of not_kept tell the story; a million symbolic links must not become a million lines. */
const MOST_NOT_KEPT = 1_000;

interface Found {
  path: string;
  stats: Stats;
}

interface Walk {
  files: Found[];
  notKept: Changes['not_kept'];
  /** Folders that were not looked into: what was sent inside them counts as unchanged. */
  unseen: string[];
  /** Folders that are made again, and the files in them that stand where sent files stood. */
  remade: string[];
  remaining: string[];
}

/**
 * Compares the tree under `root` with what was sent.
 *
 * Call it only when no process that can write the tree is alive: nothing here defends against a path that changes its meaning
 * between two calls. What it does defend against is the tree itself: no link is followed, no device or pipe is opened, and all
 * sums are capped.
 */
export async function collectChanges(root: string, sent: readonly TreeFile[], limits: SandboxLimits): Promise<Changes> {
  const walk: Walk = { files: [], notKept: [], unseen: [], remade: [], remaining: [] };
  await walkFolder(root, '', walk, sentFolders(sent));
  await refuseLinksToOutside(root, walk);
  const before = new Map(sent.map((file) => [file.path, file]));
  const changed = await readChanged(root, walk, before, limits);
  return { changed, deleted: findDeleted(sent, walk), not_kept: shorten(walk.notKept) };
}

async function walkFolder(root: string, folder: string, walk: Walk, sent: ReadonlySet<string>): Promise<void> {
  const entries = await readdir(`${root}/${folder}`, { encoding: 'buffer' }).catch(() => undefined);
  if (entries === undefined) {
    walk.unseen.push(folder);
    walk.notKept.push({ path: folder || '.', reason: 'the folder cannot be read' });
    return;
  }
  for (const [index, name] of readableNames(entries, folder, walk).sort().entries()) {
    if (index % LOOKS_AT_ONCE === 0) await setImmediate();
    await visit(root, folder === '' ? name : `${folder}/${name}`, name, walk, sent);
  }
}

/** A name that is not UTF-8 reads like another name, which may stand beside it: what is told of the one must not be told of the other. */
function readableNames(entries: readonly Buffer[], folder: string, walk: Walk): string[] {
  return entries.flatMap((entry) => {
    const name = entry.toString('utf8');
    if (isUtf8(entry)) return [name];
    walk.notKept.push({ path: folder === '' ? name : `${folder}/${name}`, reason: 'the name is not valid UTF-8' });
    return [];
  });
}

/**
 * Without a turn of the event loop for each of a hundred thousand names, which takes ten times as long as the look; others get their turn in between. The tree
 * lies in memory, or in what the kernel has just written.
 */
function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}
const LOOKS_AT_ONCE = 200;

async function visit(root: string, path: string, name: string, walk: Walk, sent: ReadonlySet<string>): Promise<void> {
  const keepNot = (reason: string) => walk.notKept.push({ path, reason });
  const fault = describePathFault(path);
  if (fault !== undefined) return void keepNot(fault);
  const stats = lookAt(`${root}/${path}`);
  if (stats === undefined) return void keepNot('the path is too long');
  if (stats.isDirectory()) {
    if (!REMADE_FOLDERS.has(name)) return walkFolder(root, path, walk, sent);
    keepNot('folders of this name are made again, not stored');
    walk.remade.push(path);
    if (sent.has(path)) await findRemaining(root, path, walk, sent);
    return;
  }
  if (!stats.isFile()) return void keepNot(describeKind(stats));
  if (/(^|\/)\.git\/hooks\/[^/]+\.sample$/.test(path)) return;
  walk.files.push({ path, stats });
}

/** A folder that is made again may hold files that were sent; those that are gone still count as deleted. */
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
 * A file with more names than the tree shows has a name somewhere else. Package managers link files into folders that are made
 * again, so those are counted too, but only when something does not add up.
 */
async function refuseLinksToOutside(root: string, walk: Walk): Promise<void> {
  const names = new Map<string, number>();
  const count = (stats: Stats) => names.set(identity(stats), (names.get(identity(stats)) ?? 0) + 1);
  const isInside = ({ stats }: Found) => stats.nlink <= (names.get(identity(stats)) ?? 0);
  for (const { stats } of walk.files) count(stats);
  if (walk.files.every(isInside)) return;
  for (const folder of walk.remade) await countLinks(`${root}/${folder}`, count);
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
    // A new file beyond the cap is not even opened, because there may be tens of thousands.
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

/** Where the caps cut, the agent's own files matter more than git's copies of them. */
function workFirst(files: readonly Found[]): Found[] {
  const isGit = ({ path }: Found) => path.startsWith('.git/') || path.includes('/.git/');
  return [...files.filter((file) => !isGit(file)), ...files.filter(isGit)];
}

/** O_NOFOLLOW and O_NONBLOCK hold even if the entry is not what lstat said: no link is followed, no pipe is waited for. */
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
  // A name or path that we could not look at is not known to be gone.
  const isUnseen = (path: string) => walk.unseen.some((folder) => folder === '' || path.startsWith(`${folder}/`));
  return sent.map(({ path }) => path).filter((path) => !present.has(path) && !isUnseen(path) && !isSample(path));
}

const isSample = (path: string): boolean => /(^|\/)\.git\/hooks\/[^/]+\.sample$/.test(path);

function shorten(notKept: Changes['not_kept']): Changes['not_kept'] {
  if (notKept.length <= MOST_NOT_KEPT) return notKept;
  const rest = notKept.length - MOST_NOT_KEPT;
  return [...notKept.slice(0, MOST_NOT_KEPT), { path: '.', reason: `${rest} more entries were not kept` }];
}
