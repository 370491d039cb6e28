import { readdirSync, readFileSync } from 'node:fs';

/**
 * Returns the CPU time of all threads of a process in milliseconds, from the kernel's scheduler. It hardly depends on
 * other programs of the machine, unlike wall time. NaN on systems without /proc.
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

/** Returns the largest resident memory of a process so far. NaN on systems without /proc. */
export function peakMebibytesOf(pid: number | undefined): number {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kibibytes) / 1024);
  } catch {
    return Number.NaN;
  }
}
