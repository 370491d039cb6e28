import { foldedPath } from '../portable-path.ts';

/**
 * Folders that git takes for a repository although they are not named `.git` (`is_git_directory` in git's setup.c): one
 * with a file `HEAD`, and `objects` and `refs`, or a file `commondir` that says where they are. Git obeys the `config`
 * in such a folder, so `core.fsmonitor` there runs a program at `git status`.
 */

/** What git reads in a repository, in lower case. */
const PARTS = new Set([
  ...['head', 'objects', 'refs', 'commondir', 'config', 'config.worktree', 'gitdir', 'hooks', 'info', 'packed-refs'],
  ...['branches', 'description', 'index', 'logs', 'modules', 'shallow', 'worktrees'],
]);

/** Tells whether git takes a folder with these entries for a repository. */
export function isBareLayout(entries: Iterable<string>): boolean {
  const names = new Set([...entries].map(canonical));
  return names.has('head') && (names.has('commondir') || (names.has('objects') && names.has('refs')));
}

/**
 * Returns a predicate that tells of which files git would make repositories of their folders, among all files of a
 * tree. Without these files no folder of the tree is a repository.
 */
export function partsOfBareRepositories(paths: Iterable<string>): (path: string) => boolean {
  const entries = new Map<string, Set<string>>();
  const files = [...paths];
  for (const path of files) {
    for (const { folder, name, isFile } of stepsOf(path)) {
      // A folder HEAD is no head of a repository.
      if (name === 'head' && !isFile) continue;
      const known = entries.get(folder);
      if (known === undefined) entries.set(folder, new Set([name]));
      else known.add(name);
    }
  }
  const repositories = new Set([...entries].filter(([, names]) => isBareLayout(names)).map(([folder]) => folder));
  if (repositories.size === 0) return () => false;
  return (path) => stepsOf(path).some(({ folder, name }) => repositories.has(folder) && PARTS.has(name));
}

function stepsOf(path: string): { folder: string; name: string; isFile: boolean }[] {
  const segments = path.split('/').map(canonical);
  return segments.map((name, index) => ({
    folder: segments.slice(0, index).join('/'),
    name,
    isFile: index === segments.length - 1,
  }));
}

/** Returns a name as disks compare it: without case, invisible characters, and dots and spaces at the end. */
function canonical(name: string): string {
  return foldedPath(name.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')).replace(/(?<![. ])[. ]+$/, '');
}
