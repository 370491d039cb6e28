import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { cpuMilliseconds, peakMebibytesOf } from './cpu-time.ts';

/** A process that measures. Each peer has its own, so that they share no heap, pool or compiled code. */
export interface Peer {
  /** Lets the peer measure once. */
  measure<Figures extends z.ZodType>(order: object, figures: Figures): Promise<z.output<Figures>>;
  stop(): Promise<void>;
}

/** Starts a file that calls {@link answerOrders}. */
export async function startPeer(file: URL, environment: Record<string, string>): Promise<Peer> {
  const child = fork(file, { env: { ...process.env, ...environment }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await nextMessage(child);
  return {
    measure: async (order, figures) => {
      const answer = nextMessage(child);
      child.send(order);
      return figures.parse(await answer);
    },
    stop: () => end(child),
  };
}

/** Measures once for each order. For the process of a peer. */
export function answerOrders<Order extends z.ZodType>(
  order: Order,
  measure: (order: z.output<Order>) => Promise<object>,
): void {
  process.on('message', async (message) => {
    process.send?.(await measure(order.parse(message)));
  });
  for (const end of ['disconnect', 'SIGTERM'] as const) process.on(end, () => process.exit(0));
  process.send?.('ready');
}

export interface StartedServer {
  /** NaN when the process did not start. */
  pid: number;
  /** Wall time and CPU time from the start to the first 200. */
  milliseconds: number;
  cpuMilliseconds: number;
  /** Returns the CPU time so far in milliseconds. */
  cpu(): number;
  /** Returns the largest resident memory so far. NaN on systems without /proc. */
  peakMebibytes(): number;
  stop(): Promise<void>;
}

/** Starts a server and waits for its first 200. */
export async function startServer(
  args: readonly string[],
  environment: Record<string, string>,
  url: string,
): Promise<StartedServer> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  while (!(await answers200(url))) {
    const isLate = performance.now() - startedAt > 60_000;
    if (isLate) child.kill('SIGKILL');
    if (isLate || child.exitCode !== null)
      throw new Error(`${args.join(' ')} did not start: ${complaint.slice(-2000)}`);
    await sleep(1);
  }
  const milliseconds = performance.now() - startedAt;
  const cpu = () => cpuMilliseconds(child.pid);
  const peakMebibytes = () => peakMebibytesOf(child.pid);
  return {
    pid: child.pid ?? Number.NaN,
    milliseconds,
    cpuMilliseconds: cpu(),
    cpu,
    peakMebibytes,
    stop: () => end(child),
  };
}

function answers200(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = get(url, { agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode === 200));
    });
    probe.once('error', () => resolve(false));
  });
}

/** A longer measurement hangs. */
const TIMEOUT_MS = 120_000;

function nextMessage(child: ChildProcess): Promise<unknown> {
  const file = child.spawnargs.at(-1);
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timeout);
      child.off('message', hear).off('exit', refuse);
      act();
    };
    const hear = (message: unknown) => settle(() => resolve(message));
    const refuse = () => settle(() => reject(new Error(`${file} ended before it answered`)));
    const timeout = setTimeout(() => settle(() => reject(new Error(`${file} does not answer`))), TIMEOUT_MS);
    child.once('message', hear).once('exit', refuse);
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timeout = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await exited;
  clearTimeout(timeout);
}
