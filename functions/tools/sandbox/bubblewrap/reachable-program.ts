import { constants, copyFileSync, lstatSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** The permission of other users to enter a folder or run a file. */
const OTHERS_EXECUTE = 0o001;

/**
 * Returns a path of a program that the user `nobody` can reach. Root starts sandboxes as `nobody`, because the kernel
 * does not count root's processes, and `nobody` cannot enter a checkout under /root. So the program is copied to a
 * folder that all users can read, once for each version.
 */
export function reachableProgram(program: string): string {
  if (process.getuid?.() !== 0 || isReachable(program)) return program;
  const { size, mtimeMs } = statSync(program);
  const folder = join(tmpdir(), `apexflow-program-${size}-${Math.floor(mtimeMs)}`);
  const copy = join(folder, basename(program));
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  // A folder with this name that another user owns could contain another program.
  const { uid } = lstatSync(folder);
  if (uid !== 0 || !lstatSync(folder).isDirectory()) return program;
  if (!isComplete(copy, size)) {
    const draft = `${copy}.${process.pid}`;
    copyFileSync(program, draft, constants.COPYFILE_FICLONE);
    renameSync(draft, copy);
  }
  return copy;
}

function isReachable(path: string): boolean {
  if ((statSync(path).mode & OTHERS_EXECUTE) === 0) return false;
  return path === '/' || isReachable(dirname(path));
}

function isComplete(path: string, size: number): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === size;
}
