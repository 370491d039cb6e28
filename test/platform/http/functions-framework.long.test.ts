import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { invokerToken } from '../../../functions/platform/sign-in/oidc.ts';
import { type ChildServer, serve, serveFileByFramework } from '../child-server.ts';

const ROOT = join(import.meta.dirname, '../../..');
const json = { 'content-type': 'application/json' };
let build: string;
let server: ChildServer;

/** Compiles all functions into a temporary folder, as scripts/build.ts does into dist/. */
beforeAll(() => {
  build = mkdtempSync(join(tmpdir(), 'apexflow-build-'));
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', build], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
  expect(status).toBe(0);
  for (const folder of ['functions', 'migrations']) {
    for (const file of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }))
      if (/\.(md|sql|json)$/.test(file)) cpSync(join(ROOT, folder, file), join(build, folder, file));
  }
  cpSync(join(ROOT, 'package.json'), join(build, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(build, 'node_modules'));
});
afterEach(() => server?.stop('SIGKILL'));
afterAll(() => rmSync(build, { recursive: true, force: true }));

async function startCompiled(file: string, target: string): Promise<ChildServer> {
  server = await serveFileByFramework(join(build, 'functions', file), target);
  return server;
}

async function postAsQueue(path: string, target: string, body?: unknown): Promise<Response> {
  return fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { ...json, authorization: `Bearer ${await invokerToken(target)}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

it('serves a compiled timer by its name', async () => {
  await startCompiled('identity/timers/sweep-expired.js', 'identity-sweep-expired');
  const path = '/internal/timers/identity-sweep-expired';
  expect((await fetch(`${server.url}${path}`, { method: 'POST' })).status).toBe(401);
  const swept = await postAsQueue(path, 'identity-sweep-expired');
  expect(await swept.json()).toMatchObject({ status: 'done' });
});

it('serves a compiled step by its name', async () => {
  await startCompiled('memory/steps/extract-facts.js', 'memory-extract-facts');
  const path = '/internal/steps/memory-extract-facts';
  const answer = await postAsQueue(path, 'memory-extract-facts', { tenant_id: 1 });
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('body.tenant_id') });
});

it('serves a compiled endpoint by its name, with the limits and errors of the lean server', async () => {
  await startCompiled('identity/endpoints/login.js', 'identity-login');
  const login = (headers: Record<string, string>, body: string) =>
    fetch(`${server.url}/api/v1/auth/login`, { method: 'POST', headers, body });
  expect((await login(json, '{"email":"ada@example.com"}')).status).toBe(422);
  const malformed = await login(json, '{"email":');
  expect(malformed.status).toBe(400);
  expect(malformed.headers.get('content-type')).toContain('application/problem+json');
  expect((await login({ 'content-type': 'text/plain' }, 'ada')).status).toBe(415);
  expect((await login({ ...json, 'content-encoding': 'gzip' }, '{}')).status).toBe(415);
  expect((await login(json, `"${'x'.repeat(2 * 1024 * 1024)}"`)).status).toBe(413);
  expect((await fetch(`${server.url}/api/v1/auth/register`, { method: 'POST' })).status).toBe(404);
});

it('streams a reply and tells the function when the client goes away', async () => {
  const file = join(build, 'functions/platform/endpoints/stream-forever.js');
  mkdirSync(join(file, '..'));
  writeFileSync(file, STREAM_FOREVER);
  await startCompiled('platform/endpoints/stream-forever.js', 'platform-stream-forever');
  const authorization = `Bearer ${await invokerToken('platform-stream-forever')}`;
  const first = await new Promise<string>((resolve, reject) => {
    const call = get(`${server.url}/stream`, { headers: { authorization } }, (response) => {
      response.once('data', (chunk) => {
        call.destroy();
        resolve(String(chunk));
      });
    });
    call.once('error', reject);
  });
  expect(first).toBe('first');
  await expect.poll(server.output).toContain('the client went away');
});

it('is what serve.ts starts when FUNCTION_SERVER is framework', async () => {
  server = await serve('system-get-health', { FUNCTION_SERVER: 'framework', LOG_LEVEL: 'info' });
  expect(server.output()).toContain('Signature type: http');
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
});

const STREAM_FOREVER = `
import { once } from 'node:events';
import { endpoint } from '../endpoint.js';

export const streamForever = endpoint({
  name: 'platform-stream-forever',
  route: 'GET /stream',
  access: 'internal',
  summary: 'Streams one chunk and waits for the client to go away.',
  reply: { 200: 'text/plain' },
}).compute(async ({ signal }) => ({ status: 200, stream: chunks(signal) }));

async function* chunks(signal) {
  yield 'first';
  await once(signal, 'abort');
  console.log('the client went away');
}
`;
