import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureVectorIndexes } from '../../../functions/village/timers/ensure-vector-indexes.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer([ensureVectorIndexes]);
});
afterAll(() => server.close());

test('200: creates no index for a few rows', async () => {
  const answer = await server.invoke('village-ensure-vector-indexes');
  expect(answer).toMatchObject({ status: 200, body: { status: 'done', made: 0 } });
});

test('401 without the token of the scheduler', async () => {
  expect((await server.call('POST', '/internal/timers/village-ensure-vector-indexes')).status).toBe(401);
});
