import { readdirSync, readFileSync, statfsSync } from 'node:fs';
import type { SandboxLimits } from '../limits.ts';
import type { SandboxLimit } from '../sandbox.ts';

/** Paths to the inside of one sandbox that cannot come to mean anything else, whatever happens to its processes. */
export interface SandboxView {
  /** The sandbox's own /proc: it lists exactly its processes. */
  proc: string;
  /** The sized file systems that a command can write. */
  disks: string[];
}

/**
 * What the kernel's own limits cannot say: sums over all processes of one command, and that a limit was the reason.
 * Reads synchronously, because /proc never waits for a disk and the thread pool may be busy when it matters.
 */
export function findExceededLimit(view: SandboxView, limits: SandboxLimits): SandboxLimit | undefined {
  if (isDiskExceeded(view.disks, limits)) return 'disk';
  const processes = readdirSync(view.proc).filter((name) => /^\d+$/.test(name));
  if (processes.length > limits.processes) return 'processes';
  let memory = 0;
  let threads = 0;
  for (const process of processes) {
    const usage = readUsage(`${view.proc}/${process}/status`);
    memory += usage.memory;
    threads += usage.threads;
  }
  if (threads > limits.processes * 4) return 'processes';
  return memory > limits.memoryBytes ? 'memory' : undefined;
}

/** Also true when a disk is full to its last block: then the kernel has already refused a write. */
export function isDiskExceeded(disks: readonly string[], limits: SandboxLimits): boolean {
  let bytes = 0;
  let inodes = 0;
  for (const disk of disks) {
    const usage = statfsSync(disk);
    if (usage.bfree === 0) return true;
    bytes += (usage.blocks - usage.bfree) * usage.bsize;
    inodes += usage.files - usage.ffree;
  }
  return bytes > limits.diskBytes || inodes > limits.diskInodes;
}

/** Anonymous and shared pages: file pages are the programs themselves, which every process would count again. */
function readUsage(path: string): { memory: number; threads: number } {
  try {
    const status = readFileSync(path, 'latin1');
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return { memory: (field('RssAnon') + field('RssShmem')) * 1024, threads: field('Threads') };
  } catch {
    // The process ended between the listing and this read.
    return { memory: 0, threads: 0 };
  }
}
