import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');

interface Started {
  child: ChildProcess;
  url: string;
  /** Everything printed until it was ready. */
  printed: string;
}

let home: string;
const started: ChildProcess[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'apexflow-laptop-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) await kill(child, 'SIGKILL');
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

/** `npm start` without npm: npm would stand between us and its signals. */
function spawnLocal(environment: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, ['scripts/run-local.ts'], {
    cwd: ROOT,
    env: { ...process.env, LOG_LEVEL: 'warning', APEXFLOW_HOME: home, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  return child;
}

async function start(port: number): Promise<Started> {
  const child = spawnLocal({ PORT: String(port) });
  let printed = '';
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      printed += chunk;
      if (printed.includes('sprint.zip\n')) resolve();
    });
    child.stderr?.on('data', (chunk) => {
      printed += chunk;
    });
    child.once('exit', (code) => reject(new Error(`It ended with ${code}: ${printed}`)));
  });
  await ready;
  return { child, url: `http://localhost:${port}`, printed };
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('No port is free');
  return address.port;
}

/** What a person pastes, run by plain sh in a folder of his own. */
async function paste(printed: string): Promise<string> {
  const command = printed.split('\n').filter((line) => line.startsWith('  ') && !/^ {2}[a-z-]+ {2,}/.test(line));
  const { stdout } = await promisify(execFile)('sh', ['-c', command.join('\n')], { cwd: home, timeout: 60_000 });
  return stdout;
}

const Answer = z.object({
  id: z.string().optional(),
  status: z.string().optional(),
  access_token: z.string().optional(),
});

async function call(url: string, path: string, token: string, body?: object): Promise<z.infer<typeof Answer>> {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return Answer.parse(await answer.json());
}

describe('npm start', () => {
  it('says what it runs on, and what it prints to paste works, twice', async () => {
    const { printed } = await start(await freePort());
    expect(printed).toMatch(/database {2,}(embedded PostgreSQL|PostgreSQL at)/);
    expect(printed).toContain('rehearsal: a scripted team, no model is called');
    expect(printed).toMatch(/sandbox {3,}(bubblewrap|none, so commands)/);
    for (const _time of ['first', 'second']) {
      const output = await paste(printed);
      expect(output).toMatch(/run_\w+ is completed/);
      expect(output).toMatch(/"items":\[\{"path":/);
      expect(existsSync(join(home, 'sprint.zip'))).toBe(true);
      rmSync(join(home, 'sprint.zip'));
    }
  }, 120_000);

  it('goes on within ten seconds where a kill -9 stopped it', async () => {
    const port = await freePort();
    const first = await start(port);
    const person = {
      email: `${crypto.randomUUID()}@example.com`,
      password: 'correct-horse-battery',
      display_name: 'Ada',
    };
    const { access_token: token = '' } = await call(first.url, '/auth/register', '', person);
    const sprints = await Promise.all(
      [1, 2, 3].map((n) => call(first.url, '/sprints', token, { task: `Build counter ${n}` })),
    );
    await kill(first.child, 'SIGKILL');

    const second = await start(port);
    const ready = performance.now();
    for (const { id } of sprints) {
      await expect
        .poll(async () => (await call(second.url, `/sprints/${id}`, token)).status, { timeout: 60_000, interval: 200 })
        .toBe('completed');
    }
    expect(performance.now() - ready).toBeLessThan(10_000);
  }, 120_000);

  it('closes cleanly and quickly on SIGTERM and SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const { child, url } = await start(await freePort());
      await fetch(`${url}/health`);
      const began = performance.now();
      expect(await kill(child, signal)).toBe(0);
      expect(performance.now() - began).toBeLessThan(4_000);
    }
  }, 120_000);

  it('says in one line that the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const child = spawnLocal({ PORT: String(port) });
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        printed += chunk;
      });
    await once(child, 'exit');
    server.close();
    expect(child.exitCode).toBe(1);
    expect(printed.trim().split('\n')).toEqual([expect.stringContaining(`Port ${port} is taken`)]);
  }, 60_000);
});
