import { afterAll, beforeAll, expect, it } from 'vitest';
import { asOwner, holdQueue, openBench, type RunBench } from '../bench.ts';

/** The queue holds the tasks, so the sprints stay queued until they are cancelled. */
let bench: RunBench;
const ids: string[] = [];
beforeAll(async () => {
  bench = await openBench();
  holdQueue();
  await asOwner('update tenants set max_concurrent_sprints = 100');
  for (let number = 0; number < 5; number += 1) ids.unshift(await bench.start({ task: `Task ${number}` }));
  await bench.startRun();
  await bench.server.call('POST', `/api/v1/sprints/${ids[0]}/cancel`, { token: bench.person.token });
});
afterAll(() => bench.close());

const list = (query = '', token = bench.person.token) => bench.server.call('GET', `/api/v1/sprints${query}`, { token });

it('answers 200 with the sprints in pages, newest first, without other runs', async () => {
  const seen: string[] = [];
  for (let query = '?limit=2'; ; ) {
    const { status, body } = await list(query);
    expect(status).toBe(200);
    seen.push(...body.items.map((sprint: { id: string }) => sprint.id));
    if (body.next_cursor === null) break;
    query = `?limit=2&cursor=${encodeURIComponent(body.next_cursor)}`;
  }
  expect(seen).toEqual(ids);
});

it('shows the summary of each sprint', async () => {
  expect((await list('?limit=1')).body.items).toEqual([
    {
      id: ids[0],
      status: 'cancelled',
      task: 'Task 4',
      team: ['backend', 'frontend'],
      github_repo: null,
      budget_usd: null,
      cost_usd: '0',
      tokens: { input: 0, output: 0, cached: 0, total: 0 },
      error: null,
      scripted: false,
      created_at: expect.any(String),
      started_at: null,
      completed_at: expect.any(String),
    },
  ]);
});

it('filters by status', async () => {
  expect((await list('?status=queued')).body.items).toHaveLength(4);
  expect((await list('?status=running')).body.items).toEqual([]);
});

it('answers 200 with an empty list to another tenant', async () => {
  const stranger = await bench.server.signUp();
  expect((await list('', stranger.token)).body).toEqual({ items: [], next_cursor: null });
});

it('answers 400 for a cursor made for another caller', async () => {
  const { next_cursor: cursor } = (await list('?limit=2')).body;
  const stranger = await bench.server.signUp();
  expect((await list(`?limit=2&cursor=${encodeURIComponent(cursor)}`, stranger.token)).status).toBe(400);
});

it('answers 401 without a token and 422 for an unknown status', async () => {
  expect((await bench.server.call('GET', '/api/v1/sprints')).status).toBe(401);
  expect((await list('?status=done')).status).toBe(422);
});
