import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

it('200 with every operation, no script and no external file, and a content security policy for it', async () => {
  const { status, body, headers } = await server.call('GET', '/docs');
  const { body: document } = await server.call('GET', '/api/v1/openapi.json');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  for (const path of Object.keys(document.paths)) expect(body).toContain(`<code>${path}</code>`);
  expect(body).not.toMatch(/<script|https?:\/\/|javascript:| on\w+=/i);
  const style = /<style>([^<]*)<\/style>/.exec(body)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(headers.get('content-security-policy')).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
});

it('422 for a query parameter', async () => {
  expect((await server.call('GET', '/docs?x=1')).status).toBe(422);
});
