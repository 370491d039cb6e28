import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stablePort } from './stable-port.ts';

const ROOT = join(import.meta.dirname, '../../../..');

/** A worker process. It keeps its port after a restart, like an address behind a load balancer. */
export interface Worker {
  url: string;
  child: ChildProcess;
  /** True from the first successful health check until the process ends. */
  isServing: boolean;
  /** Number of starts. */
  starts: number;
  output(): string;
  /** Sends SIGKILL without waiting, for a kill in the middle of a statement. The worker gets no further requests. */
  kill(): void;
  /** SIGSTOP and SIGCONT. */
  pause(): void;
  resume(): void;
  /** Sends SIGTERM. Returns the exit code. */
  stop(): Promise<number | null>;
  /** Resolves when the process has ended. */
  ended(): Promise<void>;
  /** Starts the process again. Resolves when it serves. */
  start(): Promise<void>;
  /** Kills the process and waits for its end. */
  close(): Promise<void>;
}

const MOST_STARTS = 10;

/** Starts a worker. Its environment is that of this process and these variables. */
export async function startWorker(variables: Record<string, string>): Promise<Worker> {
  const port = await stablePort();
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
    const child = spawn(process.execPath, ['test/faults/bench/processes/worker-process.ts'], {
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
    // start() sets it before the worker is returned.
    child: undefined as unknown as ChildProcess,
    isServing: false,
    starts: 0,
    output: () => output,
    kill: () => {
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
          // Starts again, as Cloud Run does: the port may have been taken for a moment, or a fault killed the worker.
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
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The worker ended: ${output()}`);
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.status === 200) return;
    if (Date.now() > deadline) throw new Error(`The worker does not serve: ${output()}`);
    await sleep(20);
  }
}
