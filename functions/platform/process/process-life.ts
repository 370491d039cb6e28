import { readFileSync } from 'node:fs';

/**
 * Identifies this process in files: `pid start`. A process id alone is not enough to tell whether a process still runs:
 * ids are reused, and a killed process may stay as a zombie.
 */
export const OWN_PROCESS = `${process.pid} ${startOf(process.pid)}`;

/** Returns false when the process has ended or another process has its id now. */
export function isRunning(identity: string): boolean {
  const [pid = '', start = ''] = identity.trim().split(' ');
  return exists(Number(pid)) && startOf(Number(pid)) === start;
}

/**
 * Returns the start of a process in clock ticks (Linux). Empty on other systems; `zombie` for a process that was killed
 * and not reaped.
 */
function startOf(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return fields[0] === 'Z' ? 'zombie' : (fields[19] ?? '');
  } catch {
    return '';
  }
}

function exists(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
