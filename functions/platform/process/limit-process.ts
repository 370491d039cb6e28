import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessLimits {
  milliseconds: number;
  /** Bytes of memory that the process may have in RAM. Checked only on systems with /proc. */
  residentBytes: number;
  signal?: AbortSignal | undefined;
}

/** Why a process was killed. `time` is also the end of a process whose caller has gone. */
export type ExceededLimit = 'time' | 'memory';

const CHECK_MILLISECONDS = 100;

/**
 * Kills a process when it exceeds a limit or its caller aborts, and calls `exceeded` before. The limits end with the
 * process.
 */
export function limitProcess(
  child: ChildProcess,
  { milliseconds, residentBytes, signal }: ProcessLimits,
  exceeded: (limit: ExceededLimit) => void,
): void {
  const stop = (limit: ExceededLimit) => {
    exceeded(limit);
    child.kill('SIGKILL');
  };
  const cancel = () => stop('time');
  const deadline = setTimeout(cancel, milliseconds);
  const check = setInterval(() => {
    if (residentBytesOf(child.pid) > residentBytes) stop('memory');
  }, CHECK_MILLISECONDS);
  signal?.addEventListener('abort', cancel);
  if (signal?.aborted) cancel();
  child.once('close', () => {
    clearTimeout(deadline);
    clearInterval(check);
    signal?.removeEventListener('abort', cancel);
  });
}

/** Returns the memory of a process, or 0 on systems without /proc. */
function residentBytesOf(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * 4096;
  } catch {
    return 0;
  }
}
