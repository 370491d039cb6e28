import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../support/local-server.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** A worker in a process of its own, which keeps its port over restarts, as an address behind a load balancer does. */
export interface Worker {
  url: string;
  child: ChildProcess;
  /** True between the first answer of its probe and its end. */
  isServing: boolean;
  /** How often it was started. */
  starts: number;
  output(): string;
  /** kill -9 without waiting, for the middle of a statement. It is no longer picked for requests. */
  strike(): void;
  /** SIGSTOP and SIGCONT. */
  pause(): void;
  resume(): void;
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>;
  /** Resolves when the process has ended, for whatever reason. */
  ended(): Promise<void>;
  /** Starts it when it has ended; resolves when it serves. */
  start(): Promise<void>;
  /** Ends it for good. */
  close(): Promise<void>;
}

const MOST_STARTS = 10;

/** Starts a worker. Its variables come on top of this process's environment. */
export async function startWorker(variables: Record<string, string>): Promise<Worker> {
  const port = await freePort();
  const env = {
    NODE_COMPILE_CACHE: join(process.env.APEXFLOW_HOME ?? tmpdir(), 'compile-cache'),
    ...process.env,
    LOG_LEVEL: 'error',
    RATE_LIMIT_PER_MINUTE: '1000000',
    ...variables,
    PORT: String(port),
  };
  let output = '';
  const launch = () => {
    const child = spawn(process.execPath, ['test/faults/bench/worker-process.ts'], {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output = (output + chunk).slice(-200_000);
      });
    child.once('exit', () => {
      if (worker.child === child) worker.isServing = false;
    });
    return child;
  };
  const worker: Worker = {
    url: `http://127.0.0.1:${port}`,
    // Set by start() below, before anybody sees the worker.
    child: undefined as unknown as ChildProcess,
    isServing: false,
    starts: 0,
    output: () => output,
    strike: () => {
      worker.isServing = false;
      worker.child.kill('SIGKILL');
    },
    pause: () => void worker.child.kill('SIGSTOP'),
    resume: () => void worker.child.kill('SIGCONT'),
    stop: async () => {
      worker.isServing = false;
      worker.child.kill('SIGTERM');
      await worker.ended();
      return worker.child.exitCode;
    },
    ended: async () => {
      if (worker.child.exitCode === null && worker.child.signalCode === null) await once(worker.child, 'exit');
    },
    start: async () => {
      for (let tries = 1; ; tries += 1) {
        worker.child = launch();
        worker.starts += 1;
        try {
          await untilHealthy(worker, () => output);
          break;
        } catch (error) {
          // A platform starts again what ends at its start: the port may have been taken for a moment, or the worker killed once more.
          if (tries === MOST_STARTS) throw error;
          await sleep(200);
        }
      }
      worker.isServing = true;
    },
    close: async () => {
      worker.child.kill('SIGKILL');
      await worker.ended();
    },
  };
  await worker.start();
  return worker;
}

async function untilHealthy({ url, child }: Worker, output: () => string): Promise<void> {
  const patience = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The worker ended: ${output()}`);
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.status === 200) return;
    if (Date.now() > patience) throw new Error(`The worker does not serve: ${output()}`);
    await sleep(20);
  }
}
