import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalServer, spawnLocal, startLocalServer, waitFor } from '../support/local-server.ts';

/** All tests of this file share one home and one port, because a start takes seconds. */
let server: LocalServer;
let home: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'apexflow-laptop-'));
  // The home is empty, as for a new user. With a lease of ten minutes, a restart that waits for a lease fails the test.
  server = await startLocalServer({ APEXFLOW_HOME: home, LEASE_SECONDS: '600' });
});
beforeEach(async () => {
  // The previous test has stopped the server.
  if (server.child.exitCode !== null) await server.restart();
});
afterAll(async () => {
  await server?.kill();
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

/**
 * Runs the printed commands with sh, as a user who pastes them. Their `sleep` takes 0.1 s instead of 1 s. They create
 * an e-mail address from the current second, so each call waits for the next second.
 */
async function paste(printed: string): Promise<string> {
  const second = () => Math.floor(Date.now() / 1000);
  await waitFor('the next second', () => second() > pastedIn);
  pastedIn = second();
  const command = printed.split('\n').filter((line) => line.startsWith('  ') && !/^ {2}[a-z-]+ {2,}/.test(line));
  const programs = join(home, 'programs');
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, 'sleep'), '#!/bin/sh\nexec /bin/sleep 0.1\n', { mode: 0o755 });
  const { stdout } = await promisify(execFile)('sh', ['-c', command.join('\n')], {
    cwd: home,
    env: { ...process.env, PATH: `${programs}:${process.env.PATH}` },
    timeout: 60_000,
  });
  return stdout;
}

let pastedIn = 0;

describe('npm start', () => {
  it('prints the parts that it runs on', () => {
    expect(server.output()).toMatch(/database {2,}(embedded PostgreSQL|PostgreSQL at)/);
    expect(server.output()).toContain('rehearsal: a scripted team, no model is called');
    expect(server.output()).toMatch(/sandbox {3,}(bubblewrap|none, so commands)/);
  });

  it.each(['once', 'a second time'])(
    'prints commands that work when they are pasted %s',
    async () => {
      const output = await paste(server.output());
      expect(output).toMatch(/run_\w+ is completed/);
      expect(output).toMatch(/"items":\[\{"path":/);
      expect(existsSync(join(home, 'sprint.zip'))).toBe(true);
      rmSync(join(home, 'sprint.zip'));
    },
    120_000,
  );

  it('prints one line when the port is taken, and the first server goes on', async () => {
    const second = spawnLocal({ APEXFLOW_HOME: home, LOG_LEVEL: 'warning', PORT: String(server.port) });
    await once(second.child, 'close');
    expect(second.child.exitCode).toBe(1);
    expect(second.output().trim().split('\n')).toEqual([
      expect.stringContaining(`Port ${server.port} is taken by another program.`),
    ]);
    expect((await server.call('GET', '/health')).status).toBe(200);
  }, 60_000);

  it('resumes its sprints after a kill -9, without waiting for the leases of the killed process', async () => {
    const token = await server.register();
    const ids = await Promise.all(oneToThree.map((n) => server.startSprint(token, { task: `Build counter ${n}` })));
    const statusOf = async (id: string) => (await server.call('GET', `/api/v1/sprints/${id}`, { token })).body.status;
    await waitFor('a sprint to run', async () => (await Promise.all(ids.map(statusOf))).includes('running'));
    await server.kill();
    await server.restart();
    for (const id of ids) {
      await waitFor('the sprint to end', async () => (await statusOf(id)) === 'completed', 60_000);
    }
  }, 120_000);

  it('exits with 0 on Ctrl+C', async () => {
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    expect(await server.stop('SIGINT')).toBe(0);
  }, 120_000);

  it('exits with 0 on SIGTERM, although a client has sent half a request', async () => {
    const client = connect(server.port, '127.0.0.1', () =>
      client.write('POST /api/v1/sprints HTTP/1.1\r\nHost: localhost\r\n'),
    );
    // The server closes the connection at its end, which may be an error for the client.
    client.on('error', () => undefined);
    await once(client, 'connect');
    expect(await server.stop('SIGTERM')).toBe(0);
    client.destroy();
  }, 120_000);
});

const oneToThree = [1, 2, 3];
