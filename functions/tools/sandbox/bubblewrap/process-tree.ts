import { constants, readFileSync } from 'node:fs';
import { type FileHandle, open, writeFile } from 'node:fs/promises';
import { setPriority, constants as signals } from 'node:os';
import { WORKSPACE } from '../command-environment.ts';
import type { SandboxView } from './watchdog.ts';

/** The first process of a sandbox. Its end is the end of all of its process namespace. */
export interface RootProcess {
  pid: number;
  isAlive(): boolean;
  /** Harmless once it is dead, even if another process has its number by then. */
  kill(): void;
}

export function rootProcess(pid: number): RootProcess {
  const born = birthOf(pid);
  const isAlive = () => born !== undefined && birthOf(pid) === born;
  return {
    pid,
    isAlive,
    kill: () => {
      try {
        if (isAlive()) process.kill(pid, 'SIGKILL');
      } catch {
        // It ended between the look and the kill.
      }
    },
  };
}

/**
 * The inside of a sandbox, through descriptors that are opened while its first process is known to live.
 *
 * The descriptors keep the workspace's file system alive after its last process is dead, which is when the changes are collected,
 * and a path through them cannot come to mean something of this machine, as `/proc/<pid>/root` could once the number is used again.
 */
export interface SandboxInside extends AsyncDisposable {
  workspace: string;
  view: SandboxView;
}

/** @throws Error when the process ended before its folders could be opened. */
export async function openInside(root: RootProcess): Promise<SandboxInside> {
  const handles: FileHandle[] = [];
  const dispose = async () => void (await Promise.all(handles.map((handle) => handle.close())));
  try {
    for (const folder of [WORKSPACE, '/tmp', '/dev/shm', '/proc']) {
      handles.push(await open(`/proc/${root.pid}/root${folder}`, constants.O_RDONLY | constants.O_DIRECTORY));
    }
    if (!root.isAlive()) throw new Error('the sandbox ended before its command started');
    await yieldToOthers(root.pid);
  } catch (error) {
    await dispose();
    throw error;
  }
  const [workspace = '', temporary = '', sharedMemory = '', proc = ''] = handles.map(
    (handle) => `/proc/self/fd/${handle.fd}`,
  );
  const view = { proc, disks: [workspace, temporary, sharedMemory] };
  return { workspace, view, [Symbol.asyncDispose]: dispose };
}

/** When a process started: with its number, what tells it from a later process that has the number again. */
function birthOf(pid: number): string | undefined {
  try {
    // The name is in parentheses and may hold anything, so count from the last one. The start is field 22.
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19];
  } catch {
    return undefined;
  }
}

/** A command that spins or hoards must slow down and lose before we do. Either may be refused, and then it is no worse than before. */
async function yieldToOthers(pid: number): Promise<void> {
  try {
    setPriority(pid, signals.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not ours to lower.
  }
  await writeFile(`/proc/${pid}/oom_score_adj`, '1000').catch(() => undefined);
}
