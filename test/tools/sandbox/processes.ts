import { readdirSync, readFileSync } from 'node:fs';

/** Returns the processes of this machine whose command line contains a word that only one test uses. */
export function processesWith(word: string): { pid: string; state: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== `${process.pid}`)
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word)) return [];
        return [{ pid, state: readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.charAt(0) ?? '?' }];
      } catch {
        return [];
      }
    });
}
