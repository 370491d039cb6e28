import { once } from 'node:events';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type ChildServer, serve, serveByFramework } from './child-server.ts';

const open: ChildServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop('SIGKILL');
});
async function opened(starting: Promise<ChildServer>): Promise<ChildServer> {
  const server = await starting;
  open.push(server);
  return server;
}

const json = { 'content-type': 'application/json' };

describe.each([
  ['the deployed start file', serve],
  ['the Functions Framework', serveByFramework],
] as const)('%s', (_name, start) => {
  it('serves only one function and the probe', async () => {
    const server = await opened(start('identity-login'));
    const login = await fetch(`${server.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: json,
      body: '{"email":"ada@example.com"}',
    });
    expect(login.status).toBe(422);
    expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ status: 'ok' });
    expect((await fetch(`${server.url}/api/v1/auth/register`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${server.url}/api/v1/auth/login`, { method: 'DELETE' })).status).toBe(405);
  });

  it('answers malformed JSON with problem+json without a stack', async () => {
    const server = await opened(start('identity-login'));
    const answer = await fetch(`${server.url}/api/v1/auth/login`, { method: 'POST', headers: json, body: '{"email":' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.text()).not.toContain('node_modules');
  });

  it('rejects a gzip bomb of 300 MB without using its memory', async () => {
    const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024, 'x'));
    expect(bomb.length).toBeLessThan(400_000);
    const server = await opened(start('identity-login'));
    const before = server.peakMegabytes();
    const answer = await fetch(`${server.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { ...json, 'content-encoding': 'gzip' },
      body: bomb,
    });
    expect(answer.status).toBe(415);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    expect(server.peakMegabytes() - before).toBeLessThan(40);
  });

  it('stops reading a chunked body at its limit', async () => {
    const server = await opened(start('identity-login'));
    // The first request opens the embedded database in the process.
    await fetch(`${server.url}/api/v1/auth/login`, { method: 'POST', headers: json, body: '{}' });
    const before = server.peakMegabytes();
    expect(await sendEndless(server.url)).toBeLessThan(50);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    // The embedded database also uses more memory; the body would use 200 MB.
    expect(server.peakMegabytes() - before).toBeLessThan(150);
  });
});

describe('the deployed start file', () => {
  it('serves the file in FUNCTION_SOURCE, and ends when the file does not declare the target', async () => {
    const source = 'functions/system/endpoints/get-health.ts';
    await opened(serve('system-get-health', { FUNCTION_SOURCE: source }));
    await expect(serve('identity-login', { FUNCTION_SOURCE: source })).rejects.toThrow(
      'does not declare identity-login',
    );
    await expect(serve('identity-nothing')).rejects.toThrow('No file in functions/ declares identity-nothing');
  });

  it('is healthy without a database', async () => {
    const server = await opened(serve('identity-get-tenant', { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }));
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });

  it('logs one line at its start', async () => {
    const server = await opened(serve('system-get-health'));
    await expect.poll(server.output, { timeout: 20_000 }).toContain('system-get-health serves GET /health');
    expect(server.output().trim().split('\n')).toHaveLength(1);
  });

  it('on SIGTERM completes a request under way, accepts no new request, and exits with 0', async () => {
    const server = await opened(serve('identity-login'));
    const body = '{"email":"ada@example.com"}';
    const slow = request(`${server.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { ...json, 'content-length': body.length, expect: '100-continue' },
    });
    const answered = new Promise<number | undefined>((resolve, reject) => {
      slow.once('response', (response) => resolve(response.statusCode));
      slow.once('error', reject);
    });
    slow.write(body.slice(0, 5));
    await once(slow, 'continue');
    const stopped = server.stop();
    const isRefused = () =>
      fetch(`${server.url}/health`).then(
        () => false,
        () => true,
      );
    await expect.poll(isRefused, { timeout: 20_000 }).toBe(true);
    slow.end(body.slice(5));
    expect(await answered).toBe(422);
    expect(await stopped).toBe(0);
  });
});

/**
 * Sends up to 200 MB without a declared length. Resolves with the MB that were sent when the server rejected the body.
 */
function sendEndless(url: string): Promise<number> {
  return new Promise((resolve) => {
    const call = request(`${url}/api/v1/auth/login`, { method: 'POST', headers: json });
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    let sent = 0;
    const write = () => {
      while (sent < 200) {
        sent += 1;
        if (!call.write(chunk)) {
          call.once('drain', write);
          return;
        }
      }
      call.end();
    };
    call.once('error', () => resolve(sent));
    call.once('response', (response) => {
      expect(response.statusCode).toBe(413);
      response.resume();
      call.destroy();
      resolve(sent);
    });
    write();
  });
}

it('a socket is served by the start file, and answered with 426 under the Functions Framework', async () => {
  const [lean, framework] = await Promise.all([
    opened(serve('realtime-open-socket')),
    opened(serveByFramework('realtime-open-socket')),
  ]);
  const handshake = {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const statusOf = async ({ url }: ChildServer) => {
    const call = request(`${url}/api/v1/ws`, { headers: { ...handshake, origin: url } }).end();
    return Promise.race([
      once(call, 'upgrade').then(([response]) => response.statusCode),
      once(call, 'response').then(([response]) => response.statusCode),
    ]);
  };
  expect([await statusOf(lean), await statusOf(framework)]).toEqual([101, 426]);
});
