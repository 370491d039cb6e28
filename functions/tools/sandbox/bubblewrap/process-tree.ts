import { constants, readFileSync } from 'node:fs';
import { type FileHandle, open, writeFile } from 'node:fs/promises';
import { setPriority, constants as signals } from 'node:os';
import { WORKSPACE } from '../command-environment.ts';
import type { SandboxView } from './watchdog.ts';

/** The first process of a sandbox. When it ends, the kernel ends all processes of its namespace. */
export interface RootProcess {
  pid: number;
  isAlive(): boolean;
  /** Does nothing when the process is dead, even if another process has its id by then. */
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
        // It ended between the check and the kill.
      }
    },
  };
}

/**
 * The folders of a sandbox, as descriptors that are opened while its first process is alive.
 *
 * The descriptors keep the workspace's file system alive after the last process is dead, when the changes are
 * collected. A path through a descriptor cannot lead to another process, as `/proc/<pid>/root` could when the process
 * id is used again.
 */
export interface SandboxInside extends AsyncDisposable {
  workspace: string;
  view: SandboxView;
}

/** @throws Error when the process ended before its folders could be opened */
export async function openInside(root: RootProcess): Promise<SandboxInside> {
  const handles: FileHandle[] = [];
  const dispose = async () => void (await Promise.all(handles.map((handle) => handle.close())));
  try {
    for (const folder of [WORKSPACE, '/tmp', '/dev/shm', '/proc']) {
      handles.push(await open(`/proc/${root.pid}/root${folder}`, constants.O_RDONLY | constants.O_DIRECTORY));
    }
    if (!root.isAlive()) throw new Error('the sandbox ended before its command started');
    await lowerPriority(root.pid);
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

/** Returns when a process started. The process id and the start time together identify a process. */
function birthOf(pid: number): string | undefined {
  try {
    // The name is in parentheses and may contain any text, so count from the last parenthesis. The start is field
    // 22.
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19];
  } catch {
    return undefined;
  }
}

/**
 * Gives the command a lower priority than this process, and lets the kernel end it first when memory runs out. Both
 * calls may be refused; then nothing changes.
 */
async function lowerPriority(pid: number): Promise<void> {
  try {
    setPriority(pid, signals.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // The system does not allow it.
  }
  await writeFile(`/proc/${pid}/oom_score_adj`, '1000').catch(() => undefined);
}
