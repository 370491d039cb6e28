import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdQueue, openBench, type RunBench } from '../bench.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
  holdQueue();
  const run = await bench.startRun({ agent_type: 'formatter' });
  await bench.server.call('POST', `/api/v1/runs/${run}/cancel`, { token: bench.person.token });
  await bench.start();
});
afterAll(() => bench.close());

const count = (query = '', token = bench.person.token) =>
  bench.server.call('GET', `/api/v1/runs/counts${query}`, { token });
const NONE = { queued: 0, running: 0, waiting_input: 0, completed: 0, failed: 0, cancelled: 0, cost_exceeded: 0 };

it('answers 200 with the number of runs by status', async () => {
  const { status, body } = await count();
  expect([status, body]).toEqual([200, { total: 2, by_status: { ...NONE, queued: 1, cancelled: 1 } }]);
});

it('counts what the list shows with the same filters', async () => {
  expect((await count('?kind=run')).body).toEqual({ total: 1, by_status: { ...NONE, cancelled: 1 } });
  expect((await count('?q=notes&worker=backend&mine=true')).body.by_status).toEqual({ ...NONE, queued: 1 });
  expect((await count('?created_to=2001-01-01T00:00:00Z')).body.total).toBe(0);
});

it('answers 401 without a token, nothing to another tenant, and 422 for a filter that does not exist', async () => {
  expect((await bench.server.call('GET', '/api/v1/runs/counts')).status).toBe(401);
  const stranger = await bench.server.signUp();
  expect((await count('', stranger.token)).body).toEqual({ total: 0, by_status: NONE });
  expect((await count('?status=queued')).status).toBe(422);
});
