import { FOLDER, type GitObject, type TreeEntry, type TreeFile, treeOf } from './object.ts';

/**
 * The trees of a set of files, from the leaves up; the last one is the root. Paths are relative, of plain segments. An empty set is the empty tree.
 * @param files by path
 */
export function buildTrees(files: ReadonlyMap<string, TreeFile>): GitObject[] {
  const root: Folder = { files: [], folders: new Map() };
  for (const [path, { id, mode }] of files) {
    const segments = path.split('/');
    const name = segments.pop() ?? '';
    let folder = root;
    for (const segment of segments) {
      const next = folder.folders.get(segment) ?? { files: [], folders: new Map() };
      folder.folders.set(segment, next);
      folder = next;
    }
    folder.files.push({ name, mode, id });
  }
  const trees: GitObject[] = [];
  write(root, trees);
  return trees;
}

interface Folder {
  files: TreeEntry[];
  folders: Map<string, Folder>;
}

function write(folder: Folder, trees: GitObject[]): GitObject {
  const folders = [...folder.folders].map(([name, inner]) => ({ name, mode: FOLDER, id: write(inner, trees).id }));
  const tree = treeOf([...folder.files, ...folders]);
  trees.push(tree);
  return tree;
}
