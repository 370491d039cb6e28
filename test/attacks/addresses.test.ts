import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment } from '../../functions/platform/environment.ts';
import { type Answer, type Person, startServer, type TestServer } from '../support/server.ts';
import { type Endpoint, publicEndpoints } from './every-endpoint.ts';
import { expectRefused } from './expect-refused.ts';

/** Tests unknown paths, forged hosts and wrong methods on the whole product. */
const endpoints = await publicEndpoints();
const named = (some: Endpoint[]) => some.map((endpoint) => [endpoint.name, endpoint] as const);

let server: TestServer;
let person: Person;
beforeAll(async () => {
  environment.RATE_LIMIT_PER_MINUTE = 1_000_000;
  server = await startServer();
  person = await server.signUp();
});
afterAll(() => server.close());

describe('addresses', () => {
  test.for([
    '/nothing',
    '/API/v1/tenant',
    '/api/v1/Tenant',
    '/api/v1/tenant//',
    '/api/v1/tenant/.',
    '//api/v1/tenant',
    '/api//v1/tenant',
    '//evil.example/api/v1/tenant',
    '/api/v1/tenant;x=1',
    '/api/v1/./tenant',
    '/api/v1/x/../tenant',
    '/api/v1/%2e%2e/v1/tenant',
    '/%2e%2e%2f%2e%2e%2fetc/passwd',
    '/api/v1/tenant%00',
    '/api/v1/tenant%20',
    '/api/v1/t%65nant',
    '/..%5c..%5cwindows',
    '/api/v1/tools/..%2f..%2fuser%2fprofile',
    '/api/v1/tools/%2e%2e/schema',
    '/.git/config',
    '/.env',
    '/metrics',
    '/package.json',
    '/server.js.map',
    '/functions/platform/endpoint.ts',
    '/docs//',
    '/docs/../package.json',
    '/debug',
    '/api/v1/openapi.json.map',
    '/internal',
    '/node_modules/zod/package.json',
    '/robots.txt',
  ])('404: %s', async (path) => expectRefused(await callRaw(server.url, person.token, 'GET', path), 404));

  test.for(['/api/v1\\tenant', '/api/v1/tools/x\\..\\..\\tenant/schema', '/api/v1/sprints/\\x', '\\', '/health\\'])(
    '400 for a backslash: %s',
    async (path) => expectRefused(await callRaw(server.url, person.token, 'GET', path), 400),
  );

  test('404 or 422 for invalid file paths of a sprint', async () => {
    const { body: sprint } = await server.call('POST', '/api/v1/sprints', {
      token: person.token,
      body: { task: 'x', team: ['backend'] },
    });
    await server.call('POST', `/api/v1/sprints/${sprint.id}/cancel`, { token: person.token });
    for (const path of [
      '..%2f..%2f..%2fetc%2fpasswd',
      '%2fetc%2fpasswd',
      '%2e%2e/%2e%2e/secret',
      'a%00b',
      '.git/config',
      'C:%5cwindows',
      'x'.repeat(1025),
      '%ff',
      '%',
      '..;/x',
    ])
      expectRefused(
        await callRaw(server.url, person.token, 'GET', `/api/v1/sprints/${sprint.id}/files/${path}`),
        [404, 422],
      );
  });

  test('no answer contains a host from the request headers', async () => {
    const evil = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'gopher',
      forwarded: 'host=evil.example',
      origin: 'https://evil.example',
      referer: 'https://evil.example/',
      'x-original-url': '/internal',
      'x-rewrite-url': '/internal',
    };
    for (const path of ['/api/v1/openapi.json', '/docs', '/api/v1/tenant', '/nothing', '/api/v1/sprints']) {
      const { headers, body } = await callRaw(server.url, person.token, 'GET', path, evil);
      expect.soft(`${JSON.stringify(body)} ${JSON.stringify([...headers])}`).not.toMatch(/evil\.example|gopher/);
      // No web page of another origin can read an answer: there is no CORS header and no cookie.
      expect.soft(headers.get('access-control-allow-origin')).toBeNull();
      expect.soft(headers.get('set-cookie')).toBeNull();
    }
  });

  test('421 for a host that is not served here, such as a name that resolves to this machine', async () => {
    for (const host of [
      'evil.example',
      'evil.example:80',
      'localhost.evil.example',
      'evil.localhost',
      '127.0.0.1.nip.io',
      '192.168.1.5',
      '0.0.0.0',
      'localhost@evil.example',
      'evil.example:localhost',
      '127.1',
      'evil.example.',
    ])
      for (const path of ['/api/v1/tenant', '/health', '/docs', '/nothing'])
        expectRefused(await callRaw(server.url, person.token, 'GET', path, { host }), 421);
    const step = { host: 'evil.example', 'content-type': 'application/json' };
    expectRefused(await callRaw(server.url, person.token, 'POST', '/internal/steps/runs-take-turn', step, '{}'), 421);
    expectRefused(await callRaw(server.url, person.token, 'GET', 'http://evil.example/api/v1/tenant'), 421);
  });

  test('200 for the names of this machine, and for the hosts that the operator has configured', async () => {
    environment.ALLOWED_HOSTS = ['apexflow.internal'];
    environment.PUBLIC_URL = 'https://apexflow.example';
    const hosts = [
      'localhost',
      'LOCALHOST:1234',
      '127.0.0.1',
      '[::1]:8080',
      'apexflow.internal:80',
      'apexflow.example',
    ];
    for (const host of hosts)
      expect([host, (await callRaw(server.url, person.token, 'GET', '/api/v1/tenant', { host })).status]).toEqual([
        host,
        200,
      ]);
    environment.ALLOWED_HOSTS = [];
    environment.PUBLIC_URL = undefined;
  });

  test('a method in a header is ignored', async () => {
    for (const header of ['x-http-method-override', 'x-method-override', 'x-http-method']) {
      expect(
        (await server.call('GET', '/api/v1/tenant', { token: person.token, headers: { [header]: 'DELETE' } })).status,
      ).toBe(200);
    }
    expectRefused(
      await server.call('POST', '/api/v1/tenant', {
        token: person.token,
        body: {},
        headers: { 'x-http-method-override': 'PATCH' },
      }),
      405,
    );
  });

  test.for(named(endpoints))('405 with Allow for every other method: %s', async ([, endpoint]) => {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE', 'QUERY'].filter(
      (other) => other !== endpoint.route.method,
    )) {
      const path = endpoint.route.path.replace(/\{\w+\+?\}/g, 'x');
      const answer = await callRaw(server.url, person.token, method, path);
      // Another endpoint may have this method at this path.
      if (endpoints.some(({ route }) => route.method === method && route.match(path) !== undefined)) continue;
      expectRefused(answer, 405);
      expect.soft(answer.headers.get('allow')).toContain(endpoint.route.method);
    }
  });
});

/** Sends a raw path, which fetch would normalise. */
function callRaw(
  url: string,
  token: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body = '',
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        hostname,
        port,
        method,
        path,
        headers: { authorization: `Bearer ${token}`, ...headers },
      },
      async (response) => {
        let text = '';
        for await (const chunk of response.setEncoding('utf8')) text += chunk;
        const fields = Object.entries(response.headers).flatMap(([name, value]) =>
          typeof value === 'string' ? [[name, value] as [string, string]] : [],
        );
        resolve({
          status: response.statusCode ?? 0,
          headers: new Headers(fields),
          body: text.startsWith('{') ? JSON.parse(text) : text,
        });
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}
