import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { freePort } from './free-port.ts';
import type { Answer, CallOptions } from './server.ts';

const ROOT = join(import.meta.dirname, '../..');

/**
 * Options of the started process. The embedded database is WebAssembly, and optimizing it costs more than a process of
 * a few seconds saves: with `--liftoff-only` a start needs 2.1 s of CPU time instead of 3.0 s, and 1.7 s with a filled
 * compile cache. Only a process that ends normally writes its compile cache, so the signal SIGUSR2 makes a process
 * write it before it is killed.
 */
const NODE_OPTIONS = [
  '--liftoff-only',
  `--import=data:text/javascript,import{flushCompileCache}from'node:module';process.on('SIGUSR2',()=>flushCompileCache())`,
];
const COMPILE_CACHE = join(ROOT, 'node_modules/.cache/apexflow/compile');

/** `npm start` in its own process. Home and port stay the same after a restart. */
export interface LocalServer {
  url: string;
  port: number;
  child: ChildProcess;
  /** Everything that the running process printed to standard output and standard error. */
  output(): string;
  /** Kills the process with SIGKILL. */
  kill(): Promise<void>;
  /** Stops the process with SIGTERM, as Cloud Run does, or with SIGINT, as Ctrl+C does. Returns the exit code. */
  stop(signal?: 'SIGTERM' | 'SIGINT'): Promise<number | null>;
  /** Starts a new process with the same home and port. */
  restart(): Promise<void>;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  register(): Promise<string>;
  startSprint(token: string, body: Record<string, unknown>): Promise<string>;
}

/**
 * Starts a server on a free port. Its home is that of the test file, which has a migrated database, unless
 * `environment` sets APEXFLOW_HOME.
 */
export async function startLocalServer(environment: Record<string, string>): Promise<LocalServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const variables = { LOG_LEVEL: 'warning', ...environment, PORT: String(port) };
  const call: LocalServer['call'] = (method, path, options) => callOnce(`${url}${path}`, method, options);
  let { child, output } = await startProcess(variables);
  child.kill('SIGUSR2');
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  };
  const server: LocalServer = {
    url,
    port,
    child,
    output: () => output(),
    kill: async () => void (await end('SIGKILL')),
    stop: (signal = 'SIGTERM') => end(signal),
    restart: async () => {
      ({ child, output } = await startProcess(variables));
      server.child = child;
    },
    call,
    register: async () => {
      const body = {
        email: `${randomBytes(8).toString('hex')}@example.com`,
        password: 'correct-horse-battery',
        display_name: 'Ada',
      };
      return Session.parse((await call('POST', '/api/v1/auth/register', { body })).body).access_token;
    },
    startSprint: async (token, body) => Started.parse((await call('POST', '/api/v1/sprints', { token, body })).body).id,
  };
  return server;
}

const Session = z.object({ access_token: z.string() });
const Started = z.object({ id: z.string() });

/**
 * Starts the process of `npm start` without npm, which would not forward signals. It has no console unless
 * `environment` sets CONSOLE, so that tests of the API do not each build it.
 */
export function spawnLocal(environment: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [...NODE_OPTIONS, 'scripts/run-local.ts'], {
    cwd: ROOT,
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE, CONSOLE: 'off', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk;
    });
  return { child, output: () => text };
}

/**
 * Resolves when the process has printed its announcement, which is after it has resumed tasks of an earlier process.
 */
async function startProcess(environment: Record<string, string>): Promise<ReturnType<typeof spawnLocal>> {
  const { child, output } = spawnLocal(environment);
  const deadline = Date.now() + 40_000;
  while (!output().includes(END_OF_ANNOUNCEMENT)) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}: ${output()}`);
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`The server did not start: ${output()}`);
    }
    await sleep(10);
  }
  return { child, output };
}

/** The end of the commands that the announcement prints. */
const END_OF_ANNOUNCEMENT = 'ls -l sprint.zip\n';

async function callOnce(url: string, method: string, { token, body, headers }: CallOptions = {}): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : text };
}

/**
 * Calls `look` until it returns a value, first after 5 ms, later every 50 ms.
 * @throws Error that names `what` after `patienceMs`
 */
export async function waitFor<Found>(
  what: string,
  look: () => Promise<Found | undefined | false> | Found | undefined | false,
  patienceMs = 20_000,
): Promise<Found> {
  const endsAt = Date.now() + patienceMs;
  for (let pause = 5; ; pause = Math.min(2 * pause, 50)) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > endsAt) throw new Error(`Timed out after ${patienceMs} ms while waiting for ${what}`);
    await sleep(pause);
  }
}
