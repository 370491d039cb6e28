import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invokerToken } from '../../../functions/platform/sign-in/oidc.ts';
import { runSandboxCommand } from '../../../functions/tools/endpoints/run-sandbox-command.ts';
import { SandboxResult } from '../../../functions/tools/sandbox/sandbox.ts';
import { hasSandbox } from '../../support/bubblewrap.ts';
import { waitFor } from '../../support/local-server.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { processesWith } from '../sandbox/processes.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startServer([runSandboxCommand]);
  token = await invokerToken('tools-run-sandbox-command');
});
afterAll(() => server.close());

const PATH = '/internal/sandbox/commands';
const file = (path: string, text: string) => ({ path, mode: 'regular', content: Buffer.from(text).toString('base64') });
const post = (body: unknown, options: { token?: string } = { token }) =>
  server.call('POST', PATH, { body, ...options });

describe('POST /internal/sandbox/commands', () => {
  test.skipIf(!hasSandbox)('200: runs the command on the files and returns the changed files as JSON', async () => {
    const { status, body } = await post({ command: 'cat a.txt && echo new > b.txt', files: [file('a.txt', 'old\n')] });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'completed',
      exit_code: 0,
      stdout: 'old\n',
      changed: [file('b.txt', 'new\n')],
      deleted: [],
    });
    expect(SandboxResult.safeParse(body).success).toBe(true);
  });

  test.skipIf(!hasSandbox)('200: accepts and returns a tree of 23 MiB', async () => {
    const content = Buffer.alloc(23 * 1024 * 1024 - 10, 'x').toString('base64');
    const { body } = await post({
      command: 'mv big.bin moved.bin',
      files: [{ path: 'big.bin', mode: 'regular', content }],
    });
    expect(body).toMatchObject({ status: 'completed', exit_code: 0, deleted: ['big.bin'] });
  });

  test('401: without a token, with a token for another function', async () => {
    expect((await post({ command: 'ls', files: [] }, {})).status).toBe(401);
    expect((await post({ command: 'ls', files: [] }, { token: await invokerToken('runs-take-turn') })).status).toBe(
      401,
    );
  });

  test.each([
    ['a path that leaves the tree', { command: 'ls', files: [file('../x', '')] }],
    ['an absolute path', { command: 'ls', files: [file('/etc/x', '')] }],
    ['a file that is also a folder', { command: 'ls', files: [file('a', ''), file('a/b', '')] }],
    ['a path twice', { command: 'ls', files: [file('a', ''), file('a', '')] }],
    ['content that is not base64', { command: 'ls', files: [{ ...file('a', ''), content: '!' }] }],
    ['an unknown network mode', { command: 'ls', files: [], network: 'all' }],
    ['a timeout above the limit', { command: 'ls', files: [], timeout_seconds: 121 }],
    ['an unknown field', { command: 'ls', files: [], environment: { A: '1' } }],
  ])('422: %s', async (_what, body) => {
    expect((await post(body)).status).toBe(422);
  });

  // The command sleeps longer than the test waits for its end.
  test.skipIf(!hasSandbox)('kills the command when the caller closes the connection', async () => {
    const calling = new AbortController();
    const answer = fetch(`${server.url}${PATH}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ command: 'sleep 61.73519', files: [] }),
      signal: calling.signal,
    }).catch(() => 'connection closed');
    await waitFor('the command to run', () => processesWith('61.73519').length > 0);
    calling.abort();
    expect(await answer).toBe('connection closed');
    await waitFor('the command to be gone', () => processesWith('61.73519').length === 0);
  });

  test('is deployed with one request per instance, as the account without rights', () => {
    expect(runSandboxCommand.deployment).toMatchObject({
      identity: 'sandbox',
      concurrency: 1,
      memoryMiB: 2048,
      timeoutSeconds: 180,
    });
    expect(runSandboxCommand.deployment.secrets).toBeUndefined();
  });

  test('serves without a database, because it never opens one', async () => {
    const service = spawn(process.execPath, [join(import.meta.dirname, '../../../functions/platform/serve.ts')], {
      env: {
        ...process.env,
        FUNCTION_TARGET: 'tools-run-sandbox-command',
        PORT: '0',
        LOG_LEVEL: 'info',
        DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const port = await portOf(service.stdout);
      const response = await fetch(`http://127.0.0.1:${port}${PATH}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ command: 'echo alive', files: [] }),
      });
      expect(await response.json()).toMatchObject(
        hasSandbox ? { status: 'completed', stdout: 'alive\n' } : { status: 'unavailable' },
      );
    } finally {
      service.kill('SIGTERM');
      await once(service, 'exit');
    }
  });
});

async function portOf(output: AsyncIterable<Buffer>): Promise<number> {
  let text = '';
  for await (const chunk of output) {
    text += chunk.toString('utf8');
    const port = /"port":(\d+)/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`The service ended before it listened: ${text}`);
}
