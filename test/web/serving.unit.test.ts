import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFunctionServer } from '../../functions/platform/http/listener.ts';
import { withProbe } from '../../functions/platform/http/probe.ts';
import { type Console, openConsole } from '../../scripts/local/console.ts';
import { ASSETS_CACHE, CONSOLE_HEADERS } from '../../web/headers.ts';
import { waitFor } from '../support/local-server.ts';

const PAGE = '<!doctype html><title>The page</title>';
const SCRIPT = `export const text = ${JSON.stringify('a script '.repeat(200))};`;
const NAVIGATION = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let folder: string;
let dist: string;
let served: Console;
let server: Server;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'apexflow-console-'));
  dist = join(folder, 'dist');
  served = openConsole(dist);
  server = createFunctionServer(withProbe([]), served.serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a build as the builder does: beside the old one, and then in its place. */
function build({ page = PAGE, script = 'index-1.js' } = {}): void {
  const next = join(folder, 'next');
  mkdirSync(join(next, 'assets'), { recursive: true });
  mkdirSync(join(next, '.vite'));
  writeFileSync(join(next, 'index.html'), page);
  writeFileSync(join(next, 'assets', script), SCRIPT);
  writeFileSync(join(next, 'assets/font-1.woff2'), Buffer.alloc(2000));
  writeFileSync(join(next, '.stamp'), 'secret');
  writeFileSync(join(next, '.vite/manifest.json'), 'secret');
  writeFileSync(join(folder, 'outside.txt'), 'secret');
  symlinkSync(join(folder, 'outside.txt'), join(next, 'link.txt'));
  symlinkSync(folder, join(next, 'folder'));
  rmSync(dist, { recursive: true, force: true });
  renameSync(next, dist);
}

interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  text: string;
}

/** Sends the path as it is written: `fetch` would normalise it. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes,
          text: bytes.toString(),
        });
      });
    });
    call.on('error', reject);
    call.end();
  });
}

describe('the files of the build', () => {
  beforeEach(() => build());

  test('the page has exactly the headers of web/headers.ts, and is asked for each time', async () => {
    const { status, headers, text } = await get('/');
    expect([status, text]).toEqual([200, PAGE]);
    const sent = Object.entries(CONSOLE_HEADERS).map(([name]) => [name, headers[name.toLowerCase()]]);
    expect(Object.fromEntries(sent)).toEqual(CONSOLE_HEADERS);
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  test('assets are kept for a year and compressed as the browser accepts it', async () => {
    const plain = await get('/assets/index-1.js');
    const brotli = await get('/assets/index-1.js', { 'accept-encoding': 'gzip, deflate, br, zstd' });
    const gzip = await get('/assets/index-1.js', { 'accept-encoding': 'gzip;q=0.5, br;q=0' });
    const font = await get('/assets/font-1.woff2', { 'accept-encoding': 'br' });
    expect(plain.headers['cache-control']).toBe(ASSETS_CACHE);
    expect(plain.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect([plain.text, plain.headers['content-encoding']]).toEqual([SCRIPT, undefined]);
    expect([brotliDecompressSync(brotli.bytes).toString(), brotli.headers['content-encoding']]).toEqual([SCRIPT, 'br']);
    expect([gunzipSync(gzip.bytes).toString(), gzip.headers['content-encoding']]).toEqual([SCRIPT, 'gzip']);
    expect([font.bytes.length, font.headers['content-encoding']]).toEqual([2000, undefined]);
    expect(plain.headers.vary).toBe('Accept-Encoding');
  });

  test('304 for the ETag of the same encoding, 200 for another', async () => {
    const { etag = '' } = (await get('/')).headers;
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const { status, bytes, headers } = await get('/', { 'if-none-match': known });
      expect([known, status, bytes.length, headers.etag]).toEqual([known, 304, 0, etag]);
    }
    expect((await get('/', { 'if-none-match': '"other"' })).status).toBe(200);
    const script = (await get('/assets/index-1.js')).headers.etag ?? '';
    const other = await get('/assets/index-1.js', { 'if-none-match': script, 'accept-encoding': 'br' });
    expect(other.status).toBe(200);
  });

  test('HEAD has the headers of GET and no body', async () => {
    const { status, headers, bytes } = await get('/', {}, 'HEAD');
    expect([status, bytes.length, headers['content-length']]).toEqual([200, 0, String(PAGE.length)]);
  });

  test.each(['/runs', '/runs/run_1', '/memory/memories%2Fpeople%2Fada.md', '/runs/', '/a?b=/.env'])(
    'a browser that navigates to %s gets the page',
    async (path) => {
      expect(await get(path, NAVIGATION)).toMatchObject({ status: 200, text: PAGE });
      expect((await get(path, { accept: 'application/json' })).status).toBe(404);
      expect((await get(path, NAVIGATION, 'POST')).status).toBe(404);
    },
  );

  test.each(['/api', '/api/v1/nothing', '/mcp', '/docs/x', '/readiness', '/internal/x', '/assets/gone.js', '/assets'])(
    '%s is a problem, also for a browser that navigates',
    async (path) => {
      const { status, headers } = await get(path, NAVIGATION);
      expect([status, headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
    },
  );

  test('functions win over the console', async () => {
    expect(await get('/health', NAVIGATION)).toMatchObject({ status: 200, text: '{"status":"ok"}' });
  });

  test.each([
    '/../outside.txt',
    '/assets/../../outside.txt',
    '/assets/..%2f..%2foutside.txt',
    '/%2e%2e/outside.txt',
    '/..%5coutside.txt',
    '/assets\\..\\..\\outside.txt',
    '//outside.txt',
    '/./index.html',
    '/.stamp',
    '/.vite/manifest.json',
    '/.env',
    '/link.txt',
    '/folder/outside.txt',
    '/assets/%69ndex-1.js',
    '/index.html/',
    '/assets/index-1.js%00',
  ])('no spelling reaches another file: %s', async (path) => {
    for (const headers of [{}, NAVIGATION]) {
      const { status, text } = await get(path, headers);
      expect(text).not.toContain('secret');
      expect(text).not.toContain('a script');
      expect([200, 400, 404]).toContain(status);
      if (status === 200) expect([headers, text]).toEqual([NAVIGATION, PAGE]);
    }
  });

  test('421 for a host that is not served here', async () => {
    expect((await get('/', { host: 'evil.example' })).status).toBe(421);
  });
});

test('says that it is being built, or why it is not, and opens by itself when the build is there', async () => {
  const waiting = await get('/');
  expect([waiting.status, waiting.headers.refresh]).toEqual([503, '1']);
  expect(waiting.text).toContain('Building the console');
  expect(waiting.headers['content-security-policy']).toBe(CONSOLE_HEADERS['Content-Security-Policy']);
  served.explain({ kind: 'failed', reason: 'main.ts: <script>alert(1)</script>' });
  const failed = await get('/runs', NAVIGATION);
  expect(failed.text).toContain('main.ts: &#60;script&#62;alert(1)&#60;/script&#62;');
  expect((await get('/assets/index-1.js')).status).toBe(404);
  build();
  expect((await get('/')).text).toBe(PAGE);
});

test('serves a new build without a restart, and the assets of the build before for pages that are open', async () => {
  build();
  expect((await get('/assets/index-1.js')).status).toBe(200);
  build({ page: `${PAGE}2`, script: 'index-2.js' });
  await waitFor('the new page', async () => (await get('/')).text === `${PAGE}2`);
  expect((await get('/assets/index-2.js')).status).toBe(200);
  expect((await get('/assets/index-1.js')).status).toBe(200);
});
