import { readdirSync, readFileSync } from 'node:fs';

/** Returns the ids of the living interpreter processes that this process has started. */
export function interpreterProcesses(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const isOurs = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[1] === `${process.pid}`;
      return isOurs && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('interpreter-process');
    } catch {
      return false;
    }
  });
}
