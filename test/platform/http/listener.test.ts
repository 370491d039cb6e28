import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { endpoint } from '../../../functions/platform/endpoint.ts';
import { writeJson } from '../../../functions/platform/http/answer.ts';
import { readJson } from '../../../functions/platform/http/body.ts';
import { parseRoute, type RouteText } from '../../../functions/platform/http/route.ts';
import { createRouter } from '../../../functions/platform/http/router.ts';
import type { ServedFunction } from '../../../functions/platform/http/served-function.ts';
import { type Gateway, openGateway } from '../../../scripts/local/gateway.ts';

/** A function that answers with its name. */
function named(route: RouteText): ServedFunction {
  const parsed = parseRoute(route);
  return {
    kind: 'endpoint',
    name: route,
    route: parsed,
    deployment: {},
    handle: async (request, response) => {
      const body = request.method === 'POST' ? await readJson(request, 1000) : undefined;
      writeJson(response, 200, { served: route, params: parsed.match(request.url ?? ''), body });
    },
  };
}

const limited = endpoint({
  name: 'test-limited',
  route: 'POST /limited',
  access: 'public',
  summary: 'Takes a small body.',
  body: z.strictObject({ text: z.string() }),
  bodyLimit: 1000,
  reply: { 200: z.strictObject({ length: z.number() }) },
}).serve(async ({ body }) => ({ status: 200, body: { length: body.text.length } }));

let gateway: Gateway;
beforeAll(async () => {
  const functions = [
    named('GET /api/things'),
    named('POST /api/things'),
    named('GET /api/things/{id}'),
    named('DELETE /api/things/{id}'),
    named('GET /api/things/search'),
    limited,
  ];
  gateway = await openGateway(functions, { port: 0, host: '127.0.0.1', concurrency: 1 });
});
afterAll(() => gateway.close());

/**
 * Sends raw bytes, because HTTP clients normalise paths and methods, and returns everything until the connection
 * closes.
 */
function send(bytes: string): Promise<{ status: number; head: string; body: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect(gateway.port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('close', () => {
      const [head = '', body = ''] = text.split('\r\n\r\n', 2);
      resolve({ status: Number(head.split(' ')[1]), head: head.toLowerCase(), body });
    });
    socket.on('error', reject);
  });
}
const get = (line: string, headers = '') =>
  send(`${line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${headers}\r\n`);

describe('paths', () => {
  it.each([
    '//api/things',
    '/api//things',
    '/api/things//',
    '/api/things/x//',
    '//',
    '/API/things',
    '/api/%74hings',
    '/api/x/../things',
    '/api/%2e%2e/api/things',
    '/api/things/%2e%2e',
    '/api/things/%2e%2e%2fetc',
    '/api/things;v=1',
    '/api/things/a;v=1',
    '/api/things/a/b',
    '/api/things/%zz',
    '//evil.example/api/things',
    '*',
    '/.git/config',
    '/.env',
    '/',
  ])('404 as problem+json: %s', async (path) => {
    const { status, head, body } = await get(`GET ${path}`);
    expect(status).toBe(404);
    expect(head).toContain('content-type: application/problem+json');
    expect(head).not.toContain('location:');
    expect(JSON.parse(body)).toMatchObject({
      type: 'urn:apexflow:problem:not-found',
      status: 404,
      request_id: expect.stringMatching(/^req_/),
    });
  });

  it('200 for the exact path, with a query, as an absolute URL, and for HEAD without a body', async () => {
    expect(JSON.parse((await get('GET /api/things')).body)).toMatchObject({ served: 'GET /api/things' });
    expect(JSON.parse((await get('GET /api/things?x=/../')).body)).toMatchObject({ served: 'GET /api/things' });
    expect(JSON.parse((await get('GET http://localhost:1/api/things')).body)).toMatchObject({
      served: 'GET /api/things',
    });
    expect(await get('HEAD /api/things')).toMatchObject({ status: 200, body: '' });
  });

  it('200 with one slash at the end, without a redirect, for a fixed path, a parameter and a POST with its body', async () => {
    expect(JSON.parse((await get('GET /api/things/')).body)).toMatchObject({ served: 'GET /api/things' });
    expect(JSON.parse((await get('GET /api/things/?x=1')).body)).toMatchObject({ served: 'GET /api/things' });
    expect(JSON.parse((await get('GET /api/things/7/')).body)).toMatchObject({ params: { id: '7' } });
    expect((await get('GET /health/')).status).toBe(200);
    const length = 'content-type: application/json\r\ncontent-length: 9';
    const posted = await send(
      `POST /api/things/ HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${length}\r\n\r\n{"a":"b"}`,
    );
    expect(JSON.parse(posted.body)).toMatchObject({ served: 'POST /api/things', body: { a: 'b' } });
    const declared = await send(
      `POST /limited/ HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${length.replace('9', '12')}\r\n\r\n{"text":"ab"}`.replace(
        'length: 12',
        'length: 13',
      ),
    );
    expect(declared).toMatchObject({ status: 200, body: '{"length":2}' });
  });

  it('200: a literal path wins over a path with a parameter', async () => {
    expect(JSON.parse((await get('GET /api/things/search')).body)).toMatchObject({ served: 'GET /api/things/search' });
    expect(JSON.parse((await get('GET /api/things/searches')).body)).toMatchObject({
      served: 'GET /api/things/{id}',
      params: { id: 'searches' },
    });
    expect(JSON.parse((await get('DELETE /api/things/search')).body)).toMatchObject({
      served: 'DELETE /api/things/{id}',
    });
  });
});

describe('methods', () => {
  it.each([
    ['PUT /api/things', 'GET, HEAD, POST'],
    ['OPTIONS /api/things', 'GET, HEAD, POST'],
    ['TRACE /api/things', 'GET, HEAD, POST'],
    ['PROPFIND /api/things', 'GET, HEAD, POST'],
    ['BREW /api/things', 'GET, HEAD, POST'],
    ['CONNECT /api/things', 'GET, HEAD, POST'],
    ['POST /api/things/1', 'DELETE, GET, HEAD'],
    ['get /api/things', 'GET, HEAD, POST'],
  ])('405 with Allow: %s', async (line, allow) => {
    const { status, head, body } = await get(line);
    expect(status).toBe(405);
    expect(head).toContain(`allow: ${allow.toLowerCase()}\r\n`);
    expect(JSON.parse(body)).toMatchObject({ type: 'urn:apexflow:problem:method-not-allowed', status: 405 });
  });

  it('405: X-HTTP-Method-Override is ignored', async () => {
    expect((await get('POST /api/things/1', 'x-http-method-override: DELETE\r\n')).status).toBe(405);
  });

  it('404 for an unknown method at an unknown path', async () => {
    expect((await get('BREW /nothing')).status).toBe(404);
  });

  it('400 and 431 for a malformed or too large head', async () => {
    expect((await send('nonsense\r\n\r\n')).status).toBe(400);
    expect((await get('GET /api/things', `x-long: ${'x'.repeat(40_000)}\r\n`)).status).toBe(431);
  });
});

describe('bodies', () => {
  const post = (headers: string, body: string) =>
    send(`POST /limited HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${headers}\r\n${body}`);

  it('200 for a body within the limit', async () => {
    const body = JSON.stringify({ text: 'x' });
    const { status } = await send(
      `POST /limited HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    expect(status).toBe(200);
  });

  it('415 for a compressed body of any type', async () => {
    const { status, head } = await post('content-encoding: gzip\r\ncontent-length: 5\r\n', 'xxxxx');
    expect(status).toBe(415);
    expect(head).toContain('connection: close');
  });

  it('413 and a closed connection for a declared length above the platform limit, before the body is sent', async () => {
    const { status, head } = await post('content-length: 40000000\r\n', '');
    expect(status).toBe(413);
    expect(head).toContain('connection: close');
  });

  it('413 and a closed connection for a body above the function limit, declared or chunked', async () => {
    const text = JSON.stringify({ text: 'x'.repeat(2000) });
    const declared = await post(`content-length: ${text.length}\r\n`, text);
    const chunked = await post('transfer-encoding: chunked\r\n', `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`);
    for (const { status, head } of [declared, chunked]) {
      expect(status).toBe(413);
      expect(head).toContain('connection: close');
    }
  });

  it('413 without 100 Continue for a rejected body', async () => {
    const { head } = await post('expect: 100-continue\r\ncontent-length: 40000000\r\n', '');
    expect(head).toMatch(/^http\/1.1 413/);
  });

  it('413 reaches a client that continues to send', async () => {
    const answer = await fetch(`${gateway.url}/limited`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'x'.repeat(20_000_000) }),
    });
    expect(answer.status).toBe(413);
  });
});

describe('the router', () => {
  it('rejects two functions with one route', () => {
    expect(() => createRouter([named('GET /a'), named('GET /a')])).toThrow('both serve GET /a');
    expect(() => createRouter([named('GET /a/{id}'), named('GET /a/{id}')])).toThrow('both serve GET /a/{id}');
  });

  it('prefers the pattern with the most literal segments', () => {
    const route = createRouter([
      named('GET /e/{path+}'),
      named('GET /e/{path+}/history'),
      named('GET /e/{path}/{other}'),
    ]);
    expect(route('GET', '/e/a/b/history')).toMatchObject({ declaration: { name: 'GET /e/{path+}/history' } });
    expect(route('GET', '/e/a/b/c')).toMatchObject({ declaration: { name: 'GET /e/{path+}' } });
    expect(route('GET', '/e/a/b')).toMatchObject({ declaration: { name: 'GET /e/{path}/{other}' } });
  });
});
