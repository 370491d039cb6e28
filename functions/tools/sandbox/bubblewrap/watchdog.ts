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
  const sockets = readSockets(view.proc);
  return sockets.count > limits.sockets || memory + sockets.memory > limits.memoryBytes ? 'memory' : undefined;
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
 * Returns the sockets of the sandbox's network namespace, and the memory of unread bytes in TCP connections. No process
 * has these bytes in its own memory. A socket that was sent through another socket and closed counts, too.
 *
 * The unread bytes of Unix sockets are not listed anywhere. They are limited by the number of sockets, because the
 * system-call filter keeps their buffers at the size of the machine's default.
 */
function readSockets(proc: string): { count: number; memory: number } {
  // The first process lives as long as the sandbox.
  const read = (name: string) => readFileSync(`${proc}/1/net/${name}`, 'latin1');
  const count = Number(/^sockets: used (\d+)/.exec(read('sockstat'))?.[1] ?? 0);
  let bytes = 0;
  for (const table of ['tcp', 'tcp6']) {
    for (const [, sent = '0', received = '0'] of read(table).matchAll(/ ([0-9A-F]{8}):([0-9A-F]{8}) [0-9A-F]{2}:/g))
      bytes += Number.parseInt(sent, 16) + Number.parseInt(received, 16);
  }
  return { count, memory: bytes * KERNEL_OVERHEAD };
}

/** The kernel keeps a byte of a full packet in about two bytes of memory. */
const KERNEL_OVERHEAD = 2;

/**
 * Counts anonymous and shared pages, and page tables: a table of 4 KiB may stand for a single page.
 * File pages are the programs themselves, and every process would count them again.
 */
function readUsage(path: string): { memory: number; threads: number } {
  try {
    const status = readFileSync(path, 'latin1');
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return { memory: (field('RssAnon') + field('RssShmem') + field('VmPTE')) * 1024, threads: field('Threads') };
  } catch {
    // The process ended after it was listed.
    return { memory: 0, threads: 0 };
  }
}
