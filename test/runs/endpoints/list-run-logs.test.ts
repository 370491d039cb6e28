import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdQueue, openBench, type RunBench } from '../bench.ts';
import { describeRefusals } from './refusals.ts';

let bench: RunBench;
let id: string;
beforeAll(async () => {
  bench = await openBench();
  holdQueue();
  id = await bench.startRun({ agent_type: 'thinker' });
});
afterAll(() => bench.close());

it('answers 200 with the log of a run that is no sprint, as a filter asks for it', async () => {
  const list = (query: string) =>
    bench.server.call('GET', `/api/v1/runs/${id}/logs${query}`, { token: bench.person.token });
  const { status, body } = await list('');
  expect([status, body.items]).toMatchObject([200, [{ seq: 1, type: 'run_started' }]]);
  expect((await list('?source=thinker')).body).toEqual({ items: [], next_cursor: null });
  expect((await list('?level=loud')).status).toBe(422);
});

describeRefusals({
  bench: () => bench,
  method: 'GET',
  path: (runId) => `/api/v1/runs/${runId}/logs`,
  id: () => id,
  writes: false,
});
