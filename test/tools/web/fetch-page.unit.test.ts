import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { createServer as createEncryptedServer } from 'node:https';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { isPublicAddress } from '../../../functions/platform/http/public-address.ts';
import { fetchPage } from '../../../functions/tools/web/fetch-page.ts';
import { PUBLIC_WEB, type WebAccess } from '../../../functions/tools/web/web-access.ts';
import { selfSigned } from '../../support/certificate.ts';
import { listenOn, loopbackWeb, startWebServer, type WebServer } from './web-server.ts';

/** Hostile servers that lie, redirect to internal addresses or never end, over real HTTP on the loopback interface. */
const forever = new AbortController().signal;
const servers: WebServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(listener: RequestListener, address?: string, port?: number): Promise<WebServer> {
  const server = await startWebServer(listener, address, port);
  servers.push(server);
  return server;
}

const html = (response: ServerResponse, body: string | Buffer, headers: Record<string, string> = {}) =>
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body);
const fetchFrom = (url: string, access: WebAccess = loopbackWeb()) => fetchPage(url, access, forever);

describe('a page', () => {
  test('is requested with our user agent only, and its head and body are returned', async () => {
    const server = await serve((_, response) => html(response, '<p>Hello</p>'));
    const page = await fetchFrom(`http://example.test:${server.port}/a?b=c#part`);
    expect(page).toMatchObject({ status: 'fetched', type: 'text/html', charset: 'utf-8', isCut: false, wireBytes: 12 });
    expect(page.status === 'fetched' && page.bytes.toString()).toBe('<p>Hello</p>');
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]?.path).toBe('/a?b=c');
    expect(Object.keys(server.asked[0]?.headers ?? {}).sort()).toEqual([
      'accept',
      'accept-encoding',
      'accept-language',
      'connection',
      'host',
      'user-agent',
    ]);
    expect(server.asked[0]?.headers.host).toBe(`example.test:${server.port}`);
  });

  test.each([
    ['gzip', (text: string) => gzipSync(text)],
    ['br', (text: string) => brotliCompressSync(text)],
  ])('that is compressed with %s is unpacked', async (encoding, compress) => {
    const text = 'Hello '.repeat(1000);
    const packed = compress(text);
    const server = await serve((_, response) => html(response, packed, { 'content-encoding': encoding }));
    const page = await fetchFrom(`http://example.test:${server.port}/`);
    expect(page).toMatchObject({ status: 'fetched', wireBytes: packed.length, isCut: false });
    expect(page.status === 'fetched' && page.bytes.toString()).toBe(text);
  });

  test('is requested without the cookie that a redirect has set', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/end') return html(response, 'end');
      return response.writeHead(302, { location: '/end', 'set-cookie': 'a=b' }).end();
    });
    expect(await fetchFrom(`http://example.test:${server.port}/`)).toMatchObject({ status: 'fetched' });
    expect(server.asked.map(({ path, headers }) => [path, headers.cookie])).toEqual([
      ['/', undefined],
      ['/end', undefined],
    ]);
  });
});

describe('only checked addresses are connected to:', () => {
  test('a name that resolves to another address later is fetched from the checked address', async () => {
    const outside = await serve((_, response) => html(response, 'outside'));
    const inside = await serve((_, response) => html(response, 'inside'), '127.0.0.2', outside.port);
    let looks = 0;
    const access = loopbackWeb({
      'rebind.test': () => {
        looks += 1;
        return [looks === 1 ? '127.0.0.1' : '127.0.0.2'];
      },
    });
    const page = await fetchFrom(`http://rebind.test:${outside.port}/`, access);
    expect(page.status === 'fetched' && page.bytes.toString()).toBe('outside');
    expect(access.resolved).toEqual(['rebind.test']);
    // The next request resolves and checks the name again, and is refused.
    expect(await fetchFrom(`http://rebind.test:${outside.port}/`, access)).toMatchObject({
      status: 'failed',
      reason: 'names no public host',
    });
    expect(inside.asked).toEqual([]);
  });

  test('a name that resolves to another address between a redirect and its target is refused', async () => {
    const outside = await serve((_, response) => response.writeHead(302, { location: '/secret' }).end());
    const inside = await serve((_, response) => html(response, 'inside'), '127.0.0.2', outside.port);
    let looks = 0;
    const access = loopbackWeb({
      'rebind.test': () => {
        looks += 1;
        return [looks === 1 ? '127.0.0.1' : '127.0.0.2'];
      },
    });
    expect(await fetchFrom(`http://rebind.test:${outside.port}/`, access)).toMatchObject({
      status: 'failed',
      reason: 'redirects to a URL that names no public host',
    });
    expect(inside.asked).toEqual([]);
  });

  test.each([
    ['mixed addresses', ['127.0.0.1', '127.0.0.2']],
    ['mixed families', ['127.0.0.1', '::1']],
    ['an internal address', ['127.0.0.2']],
  ])('a name with %s is refused', async (_name, addresses) => {
    const outside = await serve((_, response) => html(response, 'outside'));
    const access = loopbackWeb({ 'mixed.test': () => addresses });
    expect(await fetchFrom(`http://mixed.test:${outside.port}/`, access)).toMatchObject({
      reason: 'names no public host',
    });
    expect(outside.asked).toEqual([]);
  });

  test.each([
    'http://127.0.0.2:PORT/',
    'http://internal.test:PORT/',
    '//127.0.0.2:PORT/',
    'http://2130706434:PORT/',
    'http://0x7f.2:PORT/',
  ])('a redirect to %s is refused, and nothing is sent there', async (location) => {
    const outside = await serve((request, response) =>
      response.writeHead(302, { location: location.replace('PORT', String(request.socket.localPort)) }).end(),
    );
    const inside = await serve((_, response) => html(response, 'inside'), '127.0.0.2', outside.port);
    const access = loopbackWeb({ 'internal.test': () => ['127.0.0.2'] });
    expect(await fetchFrom(`http://example.test:${outside.port}/`, access)).toMatchObject({
      status: 'failed',
      reason: 'redirects to a URL that names no public host',
    });
    expect(inside.asked).toEqual([]);
  });

  test.each([
    ['file:///etc/passwd', 'is not a URL that begins with'],
    ['gopher://example.test/', 'is not a URL that begins with'],
    ['http://user:secret@example.test/', 'contains a user name'],
  ])('a redirect to %s is refused', async (location, reason) => {
    const server = await serve((_, response) => response.writeHead(301, { location }).end());
    const page = await fetchFrom(`http://example.test:${server.port}/`);
    expect(page).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining(`redirects to a URL that ${reason}`),
    });
  });

  test('five redirects are followed, and the sixth is not', async () => {
    const server = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) return html(response, 'end');
      return response.writeHead(307, { location: `/${left - 1}` }).end();
    });
    expect(await fetchFrom(`http://example.test:${server.port}/5`)).toMatchObject({ status: 'fetched' });
    expect(await fetchFrom(`http://example.test:${server.port}/6`)).toMatchObject({
      status: 'failed',
      reason: 'redirects more than 5 times',
    });
  });

  test('production allows only default ports and public addresses, whatever a name resolves to', async () => {
    expect(PUBLIC_WEB.addresses.isAllowed).toBe(isPublicAddress);
    expect([80, 443, 22, 8080, 5432].map(PUBLIC_WEB.isAllowedPort)).toEqual([true, true, false, false, false]);
    for (const host of [
      '127.0.0.1',
      '169.254.169.254',
      '10.0.0.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[fd00:ec2::254]',
      '0',
      'localhost.',
    ]) {
      expect(await fetchFrom(`http://${host}/`, PUBLIC_WEB), host).toMatchObject({
        status: 'failed',
        reason: expect.stringContaining('names no public host'),
      });
    }
    const named = {
      ...PUBLIC_WEB,
      addresses: { ...PUBLIC_WEB.addresses, resolve: async () => [{ address: '169.254.169.254', family: 4 }] },
    };
    expect(await fetchFrom('http://metadata.google.internal/computeMetadata/v1/', named)).toMatchObject({
      reason: 'names no public host',
    });
  });
});

describe('over TLS', () => {
  async function serveEncrypted(name: string, listener: RequestListener) {
    const { key, certificate } = selfSigned(name);
    const server = await listenOn(createEncryptedServer({ key, cert: certificate }, listener), []);
    servers.push(server);
    return {
      url: `https://${name}:${server.port}/`,
      port: server.port,
      access: { ...loopbackWeb(), authorities: certificate },
    };
  }

  test('the certificate must match the name, although the connection goes to an address', async () => {
    const { url, port, access } = await serveEncrypted('secure.test', (_, response) => html(response, 'safe'));
    const page = await fetchFrom(url, access);
    expect(page.status === 'fetched' && page.bytes.toString()).toBe('safe');
    const reason = expect.stringContaining('has no valid certificate');
    expect(await fetchFrom(`https://other.test:${port}/`, access)).toMatchObject({ status: 'failed', reason });
    expect(await fetchFrom(`https://127.0.0.1:${port}/`, access)).toMatchObject({ status: 'failed', reason });
    expect(await fetchFrom(url, loopbackWeb())).toMatchObject({ status: 'failed', reason });
  });

  test('a redirect from https to http is refused', async () => {
    const plain = await serve((_, response) => html(response, 'plain'));
    const { url, access } = await serveEncrypted('secure.test', (_, response) =>
      response.writeHead(302, { location: `http://secure.test:${plain.port}/` }).end(),
    );
    expect(await fetchFrom(url, access)).toMatchObject({ reason: 'redirects to a URL that leads from https to http' });
    expect(plain.asked).toEqual([]);
  });
});

describe('every response is limited:', () => {
  const isHungUp = async (server: WebServer) => {
    for (let tries = 0; server.sockets.size > 0 && tries < 2_000; tries += 1) await sleep(10);
    return server.sockets.size === 0;
  };

  test('an endless body is cut at the limit, and its connection is closed', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const more = () => {
        while (response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    });
    const page = await fetchFrom(
      `http://example.test:${server.port}/`,
      loopbackWeb({}, { bodyBytes: 100_000, wireBytes: 200_000 }),
    );
    expect(page).toMatchObject({ status: 'fetched', isCut: true });
    expect(page.status === 'fetched' && page.bytes.length).toBe(100_000);
    expect(await isHungUp(server)).toBe(true);
  });

  test('a body with a declared length of ten gigabytes is read up to the limit', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': String(10 * 1024 ** 3) });
      response.write('x'.repeat(200_000));
    });
    const page = await fetchFrom(`http://example.test:${server.port}/`, loopbackWeb({}, { bodyBytes: 100_000 }));
    expect(page).toMatchObject({ status: 'fetched', isCut: true });
    expect(await isHungUp(server)).toBe(true);
  });

  test.each([
    ['gzip', gzipSync(Buffer.alloc(300 * 1024 * 1024))],
    ['br', brotliCompressSync(Buffer.alloc(50 * 1024 * 1024), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ])('a decompression bomb (%s) is unpacked up to the limit', async (encoding, bomb) => {
    const server = await serve((_, response) => html(response, bomb, { 'content-encoding': encoding }));
    const before = process.memoryUsage().arrayBuffers;
    const page = await fetchFrom(`http://example.test:${server.port}/`, loopbackWeb({}, { bodyBytes: 1_000_000 }));
    expect(page).toMatchObject({ status: 'fetched', isCut: true });
    expect(page.status === 'fetched' && page.bytes.length).toBe(1_000_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  });

  test('endless compressed data that unpacks to nothing is cut at its compressed size', async () => {
    const nothing = gzipSync('');
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' });
      const batch = Buffer.concat(Array.from({ length: 500 }, () => nothing));
      const more = () => {
        while (response.write(batch));
      };
      response.on('drain', more);
      more();
    });
    const page = await fetchFrom(`http://example.test:${server.port}/`, loopbackWeb({}, { wireBytes: 100_000 }));
    expect(page).toMatchObject({ status: 'fetched', isCut: true });
    expect(page.status === 'fetched' && page.bytes.length).toBe(0);
    expect(await isHungUp(server)).toBe(true);
  });

  test('a broken or unknown compression is a failure', async () => {
    const server = await serve((request, response) =>
      html(response, 'not gzip', { 'content-encoding': request.url === '/chain' ? 'gzip, gzip' : 'gzip' }),
    );
    expect(await fetchFrom(`http://example.test:${server.port}/`)).toMatchObject({
      reason: 'sent a body that cannot be unpacked',
    });
    expect(await fetchFrom(`http://example.test:${server.port}/chain`)).toMatchObject({
      reason: 'is compressed in a format that is not supported',
    });
  });

  test('a server that sends nothing, or its head byte by byte, is cut off', async () => {
    for (const drip of ['', 'HTTP/1.1 200 OK\r\nx: y', 'HTTP/1.1 103 Early Hints\r\n\r\n']) {
      const server = createServer((socket) => {
        socket.on('error', () => undefined).resume();
        const timer = setInterval(() => socket.write(drip.startsWith('HTTP/1.1 103') ? drip : (drip && 'y') || ''), 20);
        if (drip) socket.write(drip);
        socket.once('close', () => clearInterval(timer));
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      const closed = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)));
      const page = await fetchFrom(`http://example.test:${port}/`, loopbackWeb({}, { headMs: 150 }));
      expect(page).toMatchObject({ status: 'failed', reason: 'did not answer in time' });
      await closed;
      server.close();
    }
  });

  test('a slow body is cut at the total time limit', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      const timer = setInterval(() => response.write('x'), 20);
      response.once('close', () => clearInterval(timer));
    });
    const page = await fetchFrom(`http://example.test:${server.port}/`, loopbackWeb({}, { totalMs: 200 }));
    expect(page).toMatchObject({ status: 'failed', reason: 'took too long and was cut off' });
    expect(await isHungUp(server)).toBe(true);
  });

  test('a resolver that hangs is not waited for', async () => {
    const access = loopbackWeb({}, { totalMs: 100 });
    const hanging = {
      ...access,
      addresses: { ...access.addresses, resolve: () => new Promise<never>(() => undefined) },
    };
    expect(await fetchFrom('http://example.test/', hanging)).toMatchObject({ reason: 'took too long and was cut off' });
  });

  test('headers that are too large, and bytes that are not HTTP, are failures', async () => {
    const server = await serve((_, response) => html(response, 'x', { 'x-large': 'y'.repeat(64_000) }));
    expect(await fetchFrom(`http://example.test:${server.port}/`)).toMatchObject({
      reason: 'answered with headers that are too large',
    });
    const odd = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('SSH-2.0-OpenSSH_9.6\r\n');
    });
    odd.listen(0, '127.0.0.1');
    await once(odd, 'listening');
    const address = odd.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    expect(await fetchFrom(`http://example.test:${port}/`)).toMatchObject({
      reason: 'answered something that is not HTTP',
    });
    odd.close();
  });

  test.each([
    ['image/png', 'is image/png of 5 bytes, which cannot be read as text'],
    ['application/octet-stream', 'is application/octet-stream of 5 bytes, which cannot be read as text'],
    ['application/zip; name="a<b>"', 'is application/zip of 5 bytes, which cannot be read as text'],
    ['<b>', 'is content without a type of 5 bytes, which cannot be read as text'],
    ['text/html-evil', 'is text/html-evil of 5 bytes, which cannot be read as text'],
  ])('content of type %s is refused', async (type, reason) => {
    const server = await serve((_, response) =>
      response.writeHead(200, { 'content-type': type, 'content-length': '5' }).end('12345'),
    );
    expect(await fetchFrom(`http://example.test:${server.port}/`)).toMatchObject({ status: 'failed', reason });
  });

  test.each([
    'text/plain',
    'text/markdown',
    'application/json',
    'application/problem+json',
    'text/xml',
    'application/rss+xml',
    'TEXT/HTML',
  ])('content of type %s is read', async (type) => {
    const server = await serve((_, response) => response.writeHead(200, { 'content-type': type }).end('12345'));
    expect(await fetchFrom(`http://example.test:${server.port}/`)).toMatchObject({
      status: 'fetched',
      type: type.toLowerCase(),
    });
  });

  test.each([404, 500, 401, 304, 204])('status %i is a failure with its number', async (status) => {
    const server = await serve((_, response) => response.writeHead(status, { 'content-type': 'text/html' }).end());
    expect(await fetchFrom(`http://example.test:${server.port}/`)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining(`answered ${status}`),
    });
  });

  test('a server that is missing, or closes the connection, is a failure without internal details', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '100' });
      response.write('x');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await fetchFrom(`http://example.test:${server.port}/`)).toMatchObject({ reason: 'broke the connection' });
    await server.close();
    expect(await fetchFrom(`http://example.test:${server.port}/`)).toMatchObject({
      reason: 'does not accept connections',
    });
  });

  test('an aborted call throws the reason of its signal', async () => {
    const server = await serve(() => undefined);
    const controller = new AbortController();
    const fetching = fetchPage(`http://example.test:${server.port}/`, loopbackWeb(), controller.signal);
    setTimeout(() => controller.abort(new Error('cancelled')), 50);
    await expect(fetching).rejects.toThrow('cancelled');
    expect(await isHungUp(server)).toBe(true);
  });
});
