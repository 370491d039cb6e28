/** A tree of files from their paths. Folders come first; both are sorted by name. */
export interface TreeLine {
  path: string;
  name: string;
  depth: number;
  isFolder: boolean;
  size: number;
}

export function treeOf(files: readonly { path: string; size: number }[], closed: ReadonlySet<string>): TreeLine[] {
  const lines: TreeLine[] = [];
  const known = new Set<string>();
  const sorted = [...files].sort((one, other) => compare(one.path, other.path));
  for (const { path, size } of sorted) {
    const parts = path.split('/');
    const folders = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'));
    for (const [depth, folder] of folders.entries()) {
      if (known.has(folder)) continue;
      known.add(folder);
      if (!isHidden(folder, closed))
        lines.push({ path: folder, name: parts[depth] ?? '', depth, isFolder: true, size: 0 });
    }
    if (!isHidden(path, closed))
      lines.push({ path, name: parts.at(-1) ?? path, depth: folders.length, isFolder: false, size });
  }
  return lines;
}

const FIRST = [/^readme\.(md|txt)$/i, /^index\.html?$/i, /\/readme\.md$/i];

/** Returns the file that a reader wants first: what explains the rest, else the page that shows it, else the first. */
export function firstFile(files: readonly { path: string; size: number }[]): string | undefined {
  const paths = treeOf(files, new Set()).flatMap(({ path, isFolder }) => (isFolder ? [] : [path]));
  const wanted = FIRST.flatMap((name) => paths.find((path) => name.test(path)) ?? []);
  return wanted[0] ?? paths[0];
}

/** Whether a folder above is closed. */
function isHidden(path: string, closed: ReadonlySet<string>): boolean {
  const parts = path.split('/');
  return parts.slice(0, -1).some((_, index) => closed.has(parts.slice(0, index + 1).join('/')));
}

/** Compares paths part by part, a folder before a file. */
function compare(one: string, other: string): number {
  const [a, b] = [one.split('/'), other.split('/')];
  for (let index = 0; ; index++) {
    const [left, right] = [a[index], b[index]];
    if (left === undefined || right === undefined) return a.length - b.length;
    if (left === right) continue;
    const [isLeaf, isRightLeaf] = [index === a.length - 1, index === b.length - 1];
    if (isLeaf !== isRightLeaf) return isLeaf ? 1 : -1;
    return left < right ? -1 : 1;
  }
}
