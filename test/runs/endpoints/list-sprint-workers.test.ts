import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdQueue, openBench, type RunBench } from '../bench.ts';
import { describeRefusals } from './refusals.ts';

let bench: RunBench;
let id: string;
beforeAll(async () => {
  bench = await openBench();
  holdQueue();
  id = await bench.start();
});
afterAll(() => bench.close());

it('answers 200 with the workers of the sprint on one page', async () => {
  const { status, body } = await bench.server.call('GET', `/api/v1/sprints/${id}/workers`, {
    token: bench.person.token,
  });
  expect(status).toBe(200);
  expect(body).toEqual({ items: (await bench.sprint(id)).workers, next_cursor: null });
  expect(body.items).toHaveLength(4);
  expect(body.items[1]).toMatchObject({
    name: 'backend',
    worker: 'backend',
    status: 'pending',
    provider: 'gemini',
    turns: 0,
    attempts: 0,
    cost_usd: '0',
  });
});

describeRefusals({
  bench: () => bench,
  method: 'GET',
  path: (runId) => `/api/v1/sprints/${runId}/workers`,
  id: () => id,
  writes: false,
});
