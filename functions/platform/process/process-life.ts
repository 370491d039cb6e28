import { readFileSync } from 'node:fs';

/**
 * Tells whether a process that wrote its name down somewhere still runs. A process id alone does not: ids are given out again, and a killed process may
 * stay as a zombie. So a process signs with its id and its start, `pid start`.
 */

/** This process's signature. */
export const OWN_LIFE = `${process.pid} ${startOf(process.pid)}`;

/** False for a process of this machine that is gone, or whose id another has by now. */
export function isRunning(life: string): boolean {
  const [pid = '', start = ''] = life.trim().split(' ');
  return exists(Number(pid)) && startOf(Number(pid)) === start;
}

/** The process's start in clock ticks (Linux); empty where the system does not tell, and `zombie` for one that was killed and not reaped. */
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
