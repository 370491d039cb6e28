import { once } from 'node:events';
import type { Server } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFunctionServer } from '../../../functions/platform/http/listener.ts';
import { getHealth } from '../../../functions/system/endpoints/get-health.ts';

let server: Server;
let url: string;
beforeAll(async () => {
  server = createFunctionServer([getHealth]).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/health`;
});
afterAll(() => server.close());

it('200 without a database, and no cache keeps the answer', async () => {
  const answer = await fetch(url);
  expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: { status: 'ok' } });
  expect(answer.headers.get('cache-control')).toBe('private, no-store');
});

it('405 for another method', async () => {
  expect((await fetch(url, { method: 'POST' })).status).toBe(405);
});
