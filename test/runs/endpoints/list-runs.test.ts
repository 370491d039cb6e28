import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdQueue, openBench, type RunBench } from '../bench.ts';

/** The queue holds the tasks, so the runs stay queued until they are cancelled. */
let bench: RunBench;
let run: string;
let sprint: string;
beforeAll(async () => {
  bench = await openBench();
  holdQueue();
  run = await bench.startRun({ agent_type: 'formatter' });
  await bench.server.call('POST', `/api/v1/runs/${run}/cancel`, { token: bench.person.token });
  sprint = await bench.start();
});
afterAll(() => bench.close());

const list = (query = '', token = bench.person.token) => bench.server.call('GET', `/api/v1/runs${query}`, { token });

it('answers 200 with runs of every kind, newest first', async () => {
  const { status, body } = await list();
  expect(status).toBe(200);
  expect(body.items.map(({ id, kind }: { id: string; kind: string }) => [id, kind])).toEqual([
    [sprint, 'sprint'],
    [run, 'run'],
  ]);
  expect(body.items[1]).toEqual({
    id: run,
    kind: 'run',
    status: 'cancelled',
    query: 'Which of the two is better?',
    agent_type: 'formatter',
    budget_usd: null,
    cost_usd: '0',
    tokens: { input: 0, output: 0, cached: 0, total: 0 },
    error: null,
    replay_of: null,
    scripted: false,
    created_at: expect.any(String),
    started_at: null,
    completed_at: expect.any(String),
  });
});

it('answers pages', async () => {
  const first = (await list('?limit=1')).body;
  const second = (await list(`?limit=1&cursor=${encodeURIComponent(first.next_cursor)}`)).body;
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([sprint, run]);
  expect(second.next_cursor).toBeNull();
});

it('filters by kind and by status', async () => {
  expect((await list('?kind=run&status=cancelled')).body.items.map(({ id }: { id: string }) => id)).toEqual([run]);
  expect((await list('?kind=sprint&status=cancelled')).body.items).toEqual([]);
});

it('answers 200 with an empty list to another tenant', async () => {
  const stranger = await bench.server.signUp();
  expect((await list('', stranger.token)).body).toEqual({ items: [], next_cursor: null });
});

it('answers 401 without a token, 422 for an unknown kind and 400 for a cursor that it did not make', async () => {
  expect((await bench.server.call('GET', '/api/v1/runs')).status).toBe(401);
  expect((await list('?kind=walk')).status).toBe(422);
  expect((await list('?cursor=nonsense')).status).toBe(400);
});
