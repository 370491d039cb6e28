import type { Queryable } from '../../platform/database/database.ts';
import { checkGit } from '../../platform/git/git-failure.ts';
import { splitAtNul } from '../../platform/git/split-at-nul.ts';
import { collisions, pathFault } from '../../platform/portable-path.ts';
import { filesAt } from '../branch/read-branch.ts';
import { changesBetween } from '../branch/write-commit.ts';
import { ARCHIVE } from '../files/archive.ts';
import { LARGEST_FILE } from '../files/edit.ts';
import { markerFaults } from '../files/entity-file.ts';
import { entityOfEntry, INDEX, indexWrites, isIndexPath, readEntry } from '../files/entity-index.ts';
import { entityFolders, isEntityPath } from '../files/ontology.ts';
import { TIMELINE } from '../files/timeline.ts';
import { blobOf, type GitObject, isFileMode, PLAIN, type TreeFile, textOf } from '../git/object.ts';
import { buildTrees } from '../git/tree-writer.ts';
import type { ChangedPath } from '../sql/memory-commit.ts';
import { listContents } from '../sql/memory-object.ts';
import type { HeadRow } from '../sql/memory-repository.ts';
import { nameOf } from './inspect-names.ts';
import { Refused } from './limits.ts';
import { type Files, mergeFiles } from './merge-files.ts';
import type { Incoming } from './read-incoming.ts';
import type { SyncConflict } from './sync-report.ts';
import type { WorkingCopy } from './working-copy.ts';

/**
 * What the branch becomes with the fetched commits. Computed outside of a transaction for a head that is compared
 * before it is written.
 */
export interface IncomingPlan {
  head: HeadRow | undefined;
  incoming: Incoming;
  /** Whether the remote tip descends from the head, so that no merge commit is needed. */
  isAhead: boolean;
  treeId: string;
  /** New trees and blobs. */
  made: GitObject[];
  changes: ChangedPath[];
  texts: Map<string, string | undefined>;
  /** Files that some disks refuse. They stay as they are. */
  faults: string[];
}

/**
 * Merges the files of both sides and derives the index. Entity files are validated: text, balanced markers, size. A
 * file whose name some disk refuses is kept byte for byte, is no entity, and is a fault of the plan.
 * @throws Refused with all reasons
 */
export async function planIncoming(
  queryable: Queryable,
  copy: WorkingCopy,
  { head, incoming, bases }: { head: HeadRow | undefined; incoming: Incoming; bases: readonly string[] },
): Promise<IncomingPlan | { conflicts: SyncConflict[] }> {
  const memory = await filesAt(queryable, head);
  const baseFiles = await Promise.all(bases.map((base) => filesOfBase(copy, base)));
  const read = reader(queryable, incoming);
  const sides = { bases: baseFiles, memory, repository: incoming.files, read, git: copy.repository };
  const isAhead = head === undefined || bases.includes(head.id);
  const { files, blobs, conflicts } = isAhead
    ? { files: withoutIndex(incoming.files), blobs: [], conflicts: [] }
    : await mergeFiles(sides);
  if (conflicts.length > 0) return { conflicts };
  const readAny = reader(queryable, incoming, blobs);
  const changed = changesBetween(withoutIndex(memory), files);
  const texts = await entityTexts(changed, readAny);
  const entries = indexOf(texts, sides);
  for (const [path, file] of entries.files) files.set(path, file);
  const { clashes, confusions } = collisions([...files.keys(), ...RESERVED_PATHS]);
  const refused = [...clashes, ...(await indexCollisions(sides))];
  if (refused.length > 0) throw new Refused(refused);
  const faults = [...[...files.keys()].flatMap(faultOfPath), ...confusions.map(nameOf)];
  const made = [...blobs, ...entries.blobs];
  const trees = buildTrees(files);
  const treeId = trees.at(-1)?.id ?? '';
  const known = new Set([...buildTrees(memory), ...incoming.objects].map(({ id }) => id));
  for (const { id } of [...memory.values(), ...incoming.files.values()]) known.add(id);
  const fresh = [...made, ...trees].filter(({ id }) => !known.has(id));
  return { head, incoming, isAhead, treeId, made: fresh, changes: changesBetween(memory, files), texts, faults };
}

/**
 * Paths below the folders that a memory writes to. A file in the place of such a folder is rejected early, before there
 * is anything to write.
 */
const RESERVED_PATHS = [
  ...entityFolders().flatMap((folder) => [folder, `${INDEX}/${folder}`]),
  TIMELINE.slice(0, -1),
  ARCHIVE,
].map((folder) => `${folder}/.`);

function faultOfPath(path: string): string[] {
  const fault = pathFault(path);
  return fault === undefined ? [] : [`${nameOf(path)}: ${fault}`];
}

type Read = (ids: readonly string[]) => Promise<Buffer[]>;

/** Returns a function that reads blobs from the fetched objects, the new objects, or the branch. */
function reader(queryable: Queryable, incoming: Incoming, made: readonly GitObject[] = []): Read {
  const here = new Map([...incoming.objects, ...made].map(({ id, content }) => [id, content]));
  return async (ids) => {
    const stored = await listContents(
      queryable,
      ids.filter((id) => !here.has(id)),
    );
    return ids.map((id) => {
      const content = here.get(id) ?? stored.get(id);
      if (content === undefined) throw new Error(`The blob ${id} is missing on both sides`);
      return content;
    });
  };
}

function withoutIndex(files: Files): Map<string, TreeFile> {
  return new Map([...files].filter(([path]) => !isIndexPath(path)));
}

/** Keeps the index entries of unchanged files and computes those of changed ones. An entry keeps its mode. */
function indexOf(texts: ReadonlyMap<string, string | undefined>, { memory, repository }: SidesOfIndex) {
  const files = new Map<string, TreeFile>();
  for (const [path, file] of memory) {
    const entity = entityOfEntry(path);
    if (entity !== undefined && !texts.has(entity)) files.set(path, file);
  }
  const blobs: GitObject[] = [];
  for (const [path, text] of indexWrites(texts)) {
    if (text === undefined) continue;
    const blob = blobOf(text);
    blobs.push(blob);
    files.set(path, { id: blob.id, mode: memory.get(path)?.mode ?? repository.get(path)?.mode ?? PLAIN });
  }
  return { files, blobs };
}

/** Returns the files of a merge base; entries that are not regular files are left out. */
async function filesOfBase({ repository }: WorkingCopy, commitId: string): Promise<Files> {
  const { stdout } = checkGit(await repository.git(['ls-tree', '-r', '-z', '--full-tree', commitId]));
  return new Map(
    splitAtNul(stdout).flatMap((line): [string, TreeFile][] => {
      const tab = line.indexOf(9);
      const [mode = '', , id = ''] = line.toString('latin1', 0, tab).split(' ');
      return isFileMode(mode) ? [[line.toString('utf8', tab + 1), { id, mode }]] : [];
    }),
  );
}

/** Returns the new texts of the changed entity files. */
async function entityTexts(changes: readonly ChangedPath[], read: Read): Promise<Map<string, string | undefined>> {
  const entities = changes.filter(({ path }) => isEntityPath(path));
  const present = entities.filter(({ afterId }) => afterId !== undefined);
  const contents = await read(present.map(({ afterId = '' }) => afterId));
  const faults: string[] = [];
  const texts = new Map<string, string | undefined>(entities.map(({ path }) => [path, undefined]));
  for (const [index, { path }] of present.entries()) {
    const content = contents[index] ?? Buffer.alloc(0);
    const text = textOf(content);
    if (content.length > LARGEST_FILE) faults.push(`${path}: larger than ${LARGEST_FILE} bytes`);
    else if (text === undefined) faults.push(`${path}: not valid UTF-8 text`);
    else {
      faults.push(...markerFaults(text).map((fault) => `${path}: ${fault}`));
      texts.set(path, text);
    }
  }
  if (faults.length > 0) throw new Refused(faults);
  return texts;
}

/**
 * Rejects files of the user at paths of index entries, which would be overwritten: without an entry in a common base
 * the file must be one of our entries.
 */
async function indexCollisions({ bases, memory, repository, read }: SidesOfIndex): Promise<string[]> {
  const unknown = [...repository].filter(
    ([path, { id }]) => isIndexPath(path) && id !== memory.get(path)?.id && !bases.some((base) => base.has(path)),
  );
  const contents = await read(unknown.map(([, { id }]) => id));
  return unknown.flatMap(([path], at) => {
    const content = contents[at];
    const isEntry = readEntry((content && textOf(content)) ?? '') !== undefined;
    return isEntry ? [] : [`${path}: the memory writes an index entry at this path; rename your file`];
  });
}

interface SidesOfIndex {
  bases: readonly Files[];
  memory: Files;
  repository: Files;
  read: Read;
}
