import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

it('200 with the OpenAPI document, for anyone', async () => {
  const { status, body, headers } = await server.call('GET', '/api/v1/openapi.json');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('application/json');
  expect(body).toMatchObject({
    openapi: '3.1.0',
    paths: { '/health': { get: { operationId: 'system-get-health' } } },
  });
});

it('422 for a query parameter', async () => {
  expect((await server.call('GET', '/api/v1/openapi.json?x=1')).status).toBe(422);
});
