import { FOLDER, type GitObject, type TreeFile, treeOf } from './object.ts';

interface Folder {
  entries: Map<string, TreeFile | Folder>;
  /** Its tree, while nothing below it has changed. */
  tree: GitObject | undefined;
}

/**
 * The trees of a set of files that changes little from one commit to the next: only folders below which something changed are made anew. Says the same as
 * `buildTrees`; paths are relative, of plain segments.
 */
export class TreeWriter {
  readonly #root: Folder = emptyFolder();

  constructor(files: ReadonlyMap<string, TreeFile>) {
    for (const [path, file] of files) this.set(path, file);
  }

  /** Puts a file to a path; undefined takes the file away, with folders that are empty then. */
  set(path: string, file: TreeFile | undefined): void {
    const segments = path.split('/');
    const name = segments.pop() ?? '';
    const way = [this.#root];
    for (const segment of segments) {
      const last = way.at(-1) ?? this.#root;
      const found = last.entries.get(segment);
      const next = found !== undefined && isFolder(found) ? found : emptyFolder();
      last.entries.set(segment, next);
      way.push(next);
    }
    for (const folder of way) folder.tree = undefined;
    const last = way.at(-1) ?? this.#root;
    if (file === undefined) last.entries.delete(name);
    else last.entries.set(name, file);
    for (let depth = segments.length; depth > 0 && way[depth]?.entries.size === 0; depth -= 1) {
      way[depth - 1]?.entries.delete(segments[depth - 1] ?? '');
    }
  }

  /** The root's id, and the trees that were made anew since the last call. */
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
