/**
 * The paths that a file tree may have. A path is relative to the workspace, and no path of a request or of a hostile
 * command can lead outside it.
 */

/** ext4, tmpfs and most other file systems refuse longer names. */
const MAX_SEGMENT_BYTES = 255;

/** Far below Linux's 4,096, because the path of the workspace is added in front. */
const MAX_PATH_BYTES = 1024;

/** Returns what is wrong with the path, or undefined when it may be used. */
export function describePathFault(path: string): string | undefined {
  if (path === '') return 'path is empty';
  if (path.includes('\0')) return 'path contains NUL';
  if (!path.isWellFormed()) return 'path is not valid Unicode';
  if (path.startsWith('/')) return 'path is absolute';
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `path is longer than ${MAX_PATH_BYTES} bytes`;
  return path
    .split('/')
    .map(describeSegmentFault)
    .find((fault) => fault !== undefined);
}

function describeSegmentFault(segment: string): string | undefined {
  if (segment === '') return 'path has an empty segment';
  if (segment === '.' || segment === '..') return `path has the segment "${segment}"`;
  if (Buffer.byteLength(segment) > MAX_SEGMENT_BYTES)
    return `path has a segment longer than ${MAX_SEGMENT_BYTES} bytes`;
  return undefined;
}

/** Returns why these paths cannot be one tree: a path occurs twice, or is both a file and a folder. */
export function describeTreeFault(paths: readonly string[]): string | undefined {
  const files = new Set(paths);
  if (files.size !== paths.length) return 'two files have the same path';
  const clash = paths.find((path) => parentFolders(path).some((folder) => files.has(folder)));
  return clash === undefined ? undefined : `a folder of ${JSON.stringify(clash)} is also a file`;
}

/** Returns the folders above a path, outermost first: `a` and `a/b` for `a/b/c`. */
export function parentFolders(path: string): string[] {
  const segments = path.split('/').slice(0, -1);
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
}

/**
 * Returns the folders that must exist although they contain no file. Git accepts a folder as a repository only if it
 * has `objects` and `refs`, and both are empty after `git init` and after packing. A tree contains only files, so these
 * folders are created when it is laid out.
 */
export function impliedFolders(paths: readonly string[]): string[] {
  return paths
    .filter((path) => path === '.git/HEAD' || path.endsWith('/.git/HEAD'))
    .map((path) => path.slice(0, -'HEAD'.length))
    .flatMap((git) => [`${git}objects`, `${git}refs`]);
}

/** @throws Error when a tree was not checked by `SandboxRequest.parse` and is not valid */
export function assertTree(paths: readonly string[]): void {
  const fault = paths.map(describePathFault).find((found) => found !== undefined) ?? describeTreeFault(paths);
  if (fault !== undefined) throw new Error(`The file tree is not valid: ${fault}`);
}
