/**
 * Which paths a file tree may hold. A path is relative to the workspace, so that no path of a request or of a hostile command can
 * name anything outside it.
 */

/** ext4, tmpfs and most others refuse longer names. */
const MOST_SEGMENT_BYTES = 255;

/** Far below Linux's 4,096, because the workspace's own path comes in front. */
const MOST_PATH_BYTES = 1024;

/** @returns what is wrong with the path, or undefined when it may be used. */
export function describePathFault(path: string): string | undefined {
  if (path === '') return 'path is empty';
  if (path.includes('\0')) return 'path contains NUL';
  if (!path.isWellFormed()) return 'path is not valid Unicode';
  if (path.startsWith('/')) return 'path is absolute';
  if (Buffer.byteLength(path) > MOST_PATH_BYTES) return `path is longer than ${MOST_PATH_BYTES} bytes`;
  return path
    .split('/')
    .map(describeSegmentFault)
    .find((fault) => fault !== undefined);
}

function describeSegmentFault(segment: string): string | undefined {
  if (segment === '') return 'path has an empty segment';
  if (segment === '.' || segment === '..') return `path has the segment "${segment}"`;
  if (Buffer.byteLength(segment) > MOST_SEGMENT_BYTES)
    return `path has a segment longer than ${MOST_SEGMENT_BYTES} bytes`;
  return undefined;
}

/** @returns why these paths cannot be one tree: a path twice, or one that is both a file and a folder. */
export function describeTreeFault(paths: readonly string[]): string | undefined {
  const files = new Set(paths);
  if (files.size !== paths.length) return 'two files have the same path';
  const clash = paths.find((path) => parentFolders(path).some((folder) => files.has(folder)));
  return clash === undefined ? undefined : `a folder of ${JSON.stringify(clash)} is also a file`;
}

/** The folders that hold a path, outermost first: `a/b/c` has `a` and `a/b`. */
export function parentFolders(path: string): string[] {
  const segments = path.split('/').slice(0, -1);
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
}

/**
 * Folders that must exist although they hold no file. Git takes a folder for a repository only if `objects` and `refs` are there,
 * and both are empty right after `git init` and after packing; trees carry files alone, so we make them again.
 */
export function impliedFolders(paths: readonly string[]): string[] {
  return paths
    .filter((path) => path === '.git/HEAD' || path.endsWith('/.git/HEAD'))
    .map((path) => path.slice(0, -'HEAD'.length))
    .flatMap((git) => [`${git}objects`, `${git}refs`]);
}

/** @throws Error when a provider is called with a tree that did not go through `SandboxRequest.parse`. */
export function assertTree(paths: readonly string[]): void {
  const fault = paths.map(describePathFault).find((found) => found !== undefined) ?? describeTreeFault(paths);
  if (fault !== undefined) throw new Error(`The file tree is not valid: ${fault}`);
}
