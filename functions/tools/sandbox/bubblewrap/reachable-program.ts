import { constants, copyFileSync, lstatSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** May anybody go into a folder, or run a file? */
const OTHERS_EXECUTE = 0o001;

/**
 * A program's path that `nobody` can reach, for a root that starts sandboxes as nobody. A checkout under /root lies where nobody may not go, and a
 * sandbox that root itself starts is one whose processes the kernel does not count; so the program is copied to where all may read it, once
 * for each version of it.
 */
export function reachableProgram(program: string): string {
  if (process.getuid?.() !== 0 || isReachable(program)) return program;
  const { size, mtimeMs } = statSync(program);
  const folder = join(tmpdir(), `apexflow-program-${size}-${Math.floor(mtimeMs)}`);
  const copy = join(folder, basename(program));
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  // Somebody else's folder by this name could hold another program.
  const { uid } = lstatSync(folder);
  if (uid !== 0 || !lstatSync(folder).isDirectory()) return program;
  if (!isWhole(copy, size)) {
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

function isWhole(path: string, size: number): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === size;
}
