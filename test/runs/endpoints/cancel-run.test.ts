import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdQueue, openBench, type RunBench } from '../bench.ts';
import { describeRefusals } from './refusals.ts';

/** What a cancellation stops is tested in `cancel-sprint.test.ts`; both endpoints call `cancelRun`. */
let bench: RunBench;
let id: string;
beforeAll(async () => {
  bench = await openBench();
  holdQueue();
  id = await bench.startRun();
});
afterAll(() => bench.close());

const cancel = (runId: string) =>
  bench.server.call('POST', `/api/v1/runs/${runId}/cancel`, { token: bench.person.token });

describeRefusals({
  bench: () => bench,
  method: 'POST',
  path: (runId) => `/api/v1/runs/${runId}/cancel`,
  id: () => id,
  writes: true,
});

it('answers 202 with the cancelled run, and 200 when the run has already ended', async () => {
  const first = await cancel(id);
  expect(first).toMatchObject({ status: 202, body: { id, status: 'cancelled' } });
  expect(first.body.graph.nodes).toMatchObject([{ id: 'plan', status: 'cancelled' }]);
  expect(await cancel(id)).toMatchObject({ status: 200, body: first.body });
});

it('cancels a sprint as well', async () => {
  const sprint = await bench.start();
  expect(await cancel(sprint)).toMatchObject({ status: 202, body: { kind: 'sprint', status: 'cancelled' } });
});
