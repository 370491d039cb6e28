import { FOLDER, type GitObject, type TreeFile, treeOf } from './object.ts';

interface Folder {
  entries: Map<string, TreeFile | Folder>;
  /** Its tree object; undefined after something below it has changed. */
  tree: GitObject | undefined;
}

/** Returns the tree objects of a set of files, by path; the root is the last one. The tree of an empty set is empty. */
export function buildTrees(files: ReadonlyMap<string, TreeFile>): GitObject[] {
  return new TreeWriter(files).write().trees;
}

/**
 * Builds tree objects incrementally: after a change, only the folders above it are built again. Paths are relative,
 * without `.` and `..`.
 */
export class TreeWriter {
  readonly #root: Folder = emptyFolder();

  constructor(files: ReadonlyMap<string, TreeFile>) {
    for (const [path, file] of files) this.set(path, file);
  }

  /** Sets the file of a path; undefined removes the file and the folders that become empty. */
  set(path: string, file: TreeFile | undefined): void {
    const segments = path.split('/');
    const name = segments.pop() ?? '';
    const folders = [this.#root];
    for (const segment of segments) {
      const parent = folders.at(-1) ?? this.#root;
      const found = parent.entries.get(segment);
      const folder = found !== undefined && isFolder(found) ? found : emptyFolder();
      parent.entries.set(segment, folder);
      folders.push(folder);
    }
    for (const folder of folders) folder.tree = undefined;
    const last = folders.at(-1) ?? this.#root;
    if (file === undefined) last.entries.delete(name);
    else last.entries.set(name, file);
    for (let depth = segments.length; depth > 0 && folders[depth]?.entries.size === 0; depth -= 1) {
      folders[depth - 1]?.entries.delete(segments[depth - 1] ?? '');
    }
  }

  /** Returns the id of the root, and the trees that were built since the last call, children first. */
  write(): { rootId: string; trees: GitObject[] } {
    const trees: GitObject[] = [];
    return { rootId: write(this.#root, trees).id, trees };
  }
}

function isFolder(entry: TreeFile | Folder): entry is Folder {
  return 'entries' in entry;
}

function emptyFolder(): Folder {
  return { entries: new Map(), tree: undefined };
}

function write(folder: Folder, trees: GitObject[]): GitObject {
  if (folder.tree !== undefined) return folder.tree;
  const entries = [...folder.entries].map(([name, entry]) =>
    isFolder(entry) ? { name, mode: FOLDER, id: write(entry, trees).id } : { name, ...entry },
  );
  folder.tree = treeOf(entries);
  trees.push(folder.tree);
  return folder.tree;
}
