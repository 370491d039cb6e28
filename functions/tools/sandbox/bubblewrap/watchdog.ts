import { readdirSync, readFileSync, statfsSync } from 'node:fs';
import type { SandboxLimits } from '../limits.ts';
import type { SandboxLimit } from '../sandbox.ts';

/** Paths into one sandbox. They never lead to anything else, whatever happens to its processes. */
export interface SandboxView {
  /** The sandbox's own /proc, which lists only its processes. */
  proc: string;
  /** The file systems of limited size that a command can write to. */
  disks: string[];
}

/**
 * Returns the limit that a command exceeds. The kernel's own limits cannot sum over all processes, and do not report
 * which limit ended a command. Reads synchronously: /proc never waits for a disk, and the thread pool may be busy.
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

/** Also returns true when a disk is completely full: then the kernel has already refused a write. */
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

/**
 * Counts anonymous and shared pages. File pages are the programs themselves, and every process would count them again.
 */
function readUsage(path: string): { memory: number; threads: number } {
  try {
    const status = readFileSync(path, 'latin1');
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return { memory: (field('RssAnon') + field('RssShmem')) * 1024, threads: field('Threads') };
  } catch {
    // The process ended after it was listed.
    return { memory: 0, threads: 0 };
  }
}
