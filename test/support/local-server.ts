import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Answer, CallOptions } from './server.ts';

const ROOT = join(import.meta.dirname, '../..');

/** `npm start` in a process of its own, with a home and a port that stay the same over restarts. */
export interface LocalServer {
  url: string;
  child: ChildProcess;
  /** When this process announced that it runs, in the clock of `Date.now()`. */
  startedAt: number;
  output(): string;
  /** kill -9 of the process, without any warning. */
  kill(): Promise<void>;
  /** SIGTERM, as a platform says that it will stop a process; answers the exit code. */
  stop(): Promise<number | null>;
  /** The same home and port in a new process. */
  restart(): Promise<void>;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  register(): Promise<string>;
  startSprint(token: string, body: Record<string, unknown>): Promise<string>;
}

export async function startLocalServer(environment: Record<string, string>): Promise<LocalServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const variables = { ...process.env, LOG_LEVEL: 'warning', ...environment, PORT: String(port) };
  const call: LocalServer['call'] = (method, path, options) => callOnce(`${url}${path}`, method, options);
  let { child, output } = await spawnServer(variables);
  const server: LocalServer = {
    url,
    child,
    startedAt: Date.now(),
    output: () => output(),
    kill: async () => {
      const exited = once(child, 'exit');
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await exited;
      }
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      return child.exitCode;
    },
    restart: async () => {
      ({ child, output } = await spawnServer(variables));
      server.child = child;
      server.startedAt = Date.now();
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

/** Resolves when the process says that it runs, which is after it has looked for work of the time before. */
async function spawnServer(env: NodeJS.ProcessEnv): Promise<{ child: ChildProcess; output: () => string }> {
  const child = spawn(process.execPath, ['scripts/run-local.ts'], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk;
    });
  const patience = Date.now() + 40_000;
  while (!text.includes('ApexFlow runs at')) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}: ${text}`);
    if (Date.now() > patience) throw new Error(`The server did not start: ${text}`);
    await sleep(10);
  }
  return { child, output: () => text };
}

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

/** Looks every 50 ms until there is an answer. @throws Error that says what was waited for */
export async function waitFor<Found>(
  what: string,
  look: () => Promise<Found | undefined | false> | Found | undefined | false,
  patienceMs = 20_000,
): Promise<Found> {
  const endsAt = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > endsAt) throw new Error(`Waited ${patienceMs} ms in vain for ${what}`);
    await sleep(50);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('No port is free');
  return address.port;
}
