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
 * How the process is started. The embedded database is WebAssembly, and a process that lives for seconds does not win
 * back what optimizing it costs: with `--liftoff-only` a start needs 2.1 s of CPU time instead of 3.0 s, and with a
 * filled compile cache 1.7 s. Only a process that ends by itself writes its compile cache, so one that will be killed
 * writes it when it is told to.
 */
const NODE_OPTIONS = [
  '--liftoff-only',
  `--import=data:text/javascript,import{flushCompileCache}from'node:module';process.on('SIGUSR2',()=>flushCompileCache())`,
];
const COMPILE_CACHE = join(ROOT, 'node_modules/.cache/apexflow/compile');

/** `npm start` in a process of its own, with a home and a port that stay the same over restarts. */
export interface LocalServer {
  url: string;
  port: number;
  child: ChildProcess;
  /** Everything that the running process printed to standard output and standard error. */
  output(): string;
  /** kill -9 of the process, without any warning. */
  kill(): Promise<void>;
  /** SIGTERM, as a platform says that it will stop a process, or SIGINT, as Ctrl+C does. Returns the exit code. */
  stop(signal?: 'SIGTERM' | 'SIGINT'): Promise<number | null>;
  /** The same home and port in a new process. */
  restart(): Promise<void>;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  register(): Promise<string>;
  startSprint(token: string, body: Record<string, unknown>): Promise<string>;
}

/**
 * Starts a server on a free port. Its home is that of the test file, which has a migrated database, unless
 * `environment` names another.
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

/** The process of `npm start`, without npm, which would stand between the test and the signals. */
export function spawnLocal(environment: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [...NODE_OPTIONS, 'scripts/run-local.ts'], {
    cwd: ROOT,
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk;
    });
  return { child, output: () => text };
}

/** Resolves when the process has printed its announcement, which is after it has looked for work of the time before. */
async function startProcess(environment: Record<string, string>): Promise<ReturnType<typeof spawnLocal>> {
  const { child, output } = spawnLocal(environment);
  const patience = Date.now() + 40_000;
  while (!output().includes(END_OF_ANNOUNCEMENT)) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}: ${output()}`);
    if (Date.now() > patience) {
      child.kill('SIGKILL');
      throw new Error(`The server did not start: ${output()}`);
    }
    await sleep(10);
  }
  return { child, output };
}

/** The last line of the commands to paste. */
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
 * Looks until there is an answer, at first after 5 ms and later every 50 ms. @throws Error that says what was waited
 * for
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
    if (Date.now() > endsAt) throw new Error(`Waited ${patienceMs} ms in vain for ${what}`);
    await sleep(pause);
  }
}
