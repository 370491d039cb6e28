import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultBench, FaultWorker } from '../bench/bench.ts';
import type { Cluster } from '../bench/processes/cluster.ts';
import type { Delivery, QueuedTask } from '../bench/scripted-queue.ts';
import type { Side } from '../bench/wire/wire-proxy.ts';
import type { Recovery } from './recovery.ts';
import type { Setting } from './settings.ts';

/** Injects all kinds of faults concurrently until it is stopped, and counts them by kind. */
export interface Chaos {
  counts: Map<string, number>;
  count(kind: string): void;
  stop(): Promise<void>;
}

export interface ChaosOptions {
  bench: FaultBench;
  /** Undefined when the server is not our own; it is not restarted then. */
  cluster: Cluster | undefined;
  setting: Setting;
  recovery: Recovery;
  random: () => number;
}

const KILL_EVERY_MS = 2_000;
const CUT_EVERY_MS = 700;

export function startChaos({ bench, cluster, setting, recovery, random }: ChaosOptions): Chaos {
  const counts = new Map<string, number>();
  const count = (kind: string) => void counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const stopping = new AbortController();
  const { signal } = stopping;
  const anyWorker = (): FaultWorker | undefined => {
    const serving = bench.workers.filter((worker) => worker.isServing && !busy.has(worker));
    return serving[Math.floor(random() * serving.length)];
  };
  /** Workers that are being killed, stopped or paused. */
  const busy = new Set<FaultWorker>();

  const kill = async () => {
    const worker = anyWorker();
    if (worker === undefined) return;
    busy.add(worker);
    const pid = worker.child.pid ?? 0;
    await atStatement(worker, Math.floor(random() * 20), random() < 0.5 ? 'before' : 'after', () => worker.kill());
    count('process killed at a statement');
    recovery.watch(pid);
    await worker.ended();
    await worker.start();
    busy.delete(worker);
  };
  const cut = async () => {
    const worker = anyWorker();
    if (worker === undefined) return;
    const side = random() < 0.5 ? 'before' : 'after';
    if (await atStatement(worker, Math.floor(random() * 20), side)) count(`connection cut ${side} a statement`);
  };
  const pause = async () => {
    const worker = anyWorker();
    if (worker === undefined) return;
    busy.add(worker);
    worker.isServing = false;
    worker.pause();
    count('process stopped past its lease');
    await sleep(setting.leaseSeconds * 1_000 + 2_000, undefined, { signal }).catch(() => undefined);
    worker.resume();
    worker.isServing = true;
    busy.delete(worker);
  };
  const terminate = async () => {
    const worker = anyWorker();
    if (worker === undefined) return;
    busy.add(worker);
    await worker.stop();
    count('process told to stop');
    await worker.start();
    busy.delete(worker);
  };
  const restart = async () => {
    const mode = random() < 0.5 ? 'immediate' : 'fast';
    await cluster?.restart(mode);
    count(`Postgres restarted (${mode})`);
  };
  const skew = async () => {
    bench.clock.copies = random() < 0.5 ? 0 : 3;
    count(bench.clock.copies === 0 ? 'timers stopped for a while' : 'timers called three times concurrently');
    await sleep(setting.sweepMs * 2, undefined, { signal }).catch(() => undefined);
    bench.clock.copies = 1;
  };

  bench.queue.faults = {
    creation: () => {
      const dice = random();
      if (dice < 0.006) return noted('task creation refused', 'refused');
      if (dice < 0.012) return noted('task created, the answer lost', 'unanswered');
      if (dice < 0.014) return noted('task never delivered', 'lost');
      return 'created';
    },
    delivery: (_task: QueuedTask, tries: number): Delivery => {
      const dice = random();
      if (tries > 0 || dice > 0.08) return {};
      if (dice < 0.02) return noted('task delivered five times concurrently', { copies: 5 });
      if (dice < 0.03) return noted('delivery deadline passed', { deadlineMs: 40 });
      return noted('task delayed and reordered', { delayMs: random() * 1_500 });
    },
  };
  const noted = <Value>(kind: string, value: Value): Value => {
    count(kind);
    return value;
  };
  const loops = [
    repeat(kill, () => KILL_EVERY_MS, signal),
    repeat(cut, () => CUT_EVERY_MS, signal),
    repeat(pause, () => 25_000, signal),
    repeat(terminate, () => 17_000, signal),
    repeat(skew, () => setting.sweepMs * 10, signal),
    ...(cluster ? [repeat(restart, () => 5_000 + random() * 5_000, signal)] : []),
  ];
  return {
    counts,
    count,
    stop: async () => {
      stopping.abort();
      bench.queue.faults = {};
      await Promise.all(loops);
      bench.clock.copies = 1;
    },
  };
}

/** Repeats an action with a pause before each call, until the signal is aborted. */
async function repeat(act: () => Promise<void>, everyMs: () => number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const pause = sleep(everyMs(), undefined, { signal }).catch(() => undefined);
    await pause;
    // A fault that cannot be injected must not stop the others. The table shows the number of injected faults.
    if (!signal.aborted) await act().catch((error: unknown) => console.error('A fault could not be injected:', error));
  }
}

/**
 * Cuts the connection of a worker after this number of statements and runs `action`. After one second without enough
 * statements, only runs `action`. Returns true when the connection was cut at a statement.
 */
async function atStatement(worker: FaultWorker, after: number, side: Side, action?: () => void): Promise<boolean> {
  const cut = Promise.withResolvers<boolean>();
  let left = after;
  worker.watch = () => {
    left -= 1;
    if (left >= 0) return undefined;
    worker.watch = () => undefined;
    return {
      side,
      action: () => {
        action?.();
        cut.resolve(true);
      },
    };
  };
  const timer = setTimeout(() => {
    worker.watch = () => undefined;
    action?.();
    cut.resolve(false);
  }, 1_000);
  return cut.promise.finally(() => clearTimeout(timer));
}
