import { mkdirSync, openSync, readFileSync, rmSync, writeSync, closeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A lock file that holds its owner's process id. A second process on the same folder would silently lose data, so it is refused with a
 * clear line; the file of a process that is gone (kill -9) is taken over.
 * @returns how to release it.
 */
export function takeLock(path: string): () => void {
  mkdirSync(dirname(path), { recursive: true });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (tryCreate(path)) return () => rmSync(path, { force: true });
    const owner = ownerOf(path);
    if (owner !== undefined && isAlive(owner)) {
      throw new Error(`Another ApexFlow (process ${owner}) uses this folder: ${path}. Stop it first, or set APEXFLOW_HOME to another folder.`);
    }
    rmSync(path, { force: true });
  }
  throw new Error(`The lock ${path} could not be taken`);
}

function tryCreate(path: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, `${process.pid} ${startOf(process.pid)}`);
    closeSync(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The owner's process id, when that very process still lives: a process id that was given out again has another start time. */
function ownerOf(path: string): number | undefined {
  try {
    const [pid = '', start = ''] = readFileSync(path, 'utf8').trim().split(' ');
    return start === startOf(Number(pid)) ? Number(pid) : undefined;
  } catch {
    return undefined;
  }
}

/** A process's start time in clock ticks (Linux), or an empty text where the system does not tell. */
function startOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
