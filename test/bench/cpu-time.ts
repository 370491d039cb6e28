import { readdirSync, readFileSync } from 'node:fs';

/**
 * Milliseconds that a process's threads have had a core, by the kernel's scheduler. Neighbours on the machine hardly move it, unlike the time on the
 * clock. NaN where there is no /proc.
 */
export function cpuMilliseconds(pid: number | undefined): number {
  const folder = `/proc/${pid}/task`;
  try {
    const nanoseconds = readdirSync(folder).map((thread) =>
      Number(readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ')[0]),
    );
    return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e6;
  } catch {
    return Number.NaN;
  }
}
