import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { asOwner, holdQueue, openBench, type RunBench } from '../bench.ts';

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
    started_by: { user_id: bench.person.userId, name: expect.any(String) },
    open_questions: 0,
    result: null,
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

it('takes several statuses, and answers 422 for one that does not exist', async () => {
  const of = async (query: string) => (await list(query)).body.items.map(({ id }: { id: string }) => id);
  expect(await of('?status=cancelled,queued')).toEqual([sprint, run]);
  expect(await of('?status=failed,completed')).toEqual([]);
  for (const query of ['?status=lost', '?status=queued,', '?status=queued&status=failed', '?mine=maybe'])
    expect((await list(query)).status, query).toBe(422);
});

describe('filters that the counts share', () => {
  const of = async (query: string) => (await list(`?${query}`)).body.items.map(({ id }: { id: string }) => id);

  it('by text, worker, user and time', async () => {
    expect(await of('q=NOTES')).toEqual([sprint]);
    expect(await of('q=%25')).toEqual([]);
    expect(await of('worker=formatter')).toEqual([run]);
    expect(await of('worker=chef')).toEqual([sprint]);
    expect(await of('worker=frontend')).toEqual([sprint]);
    expect(await of('mine=true')).toEqual([sprint, run]);
    expect(await of(`user_id=${bench.person.userId}&mine=false`)).toEqual([sprint, run]);
    expect(await of(`user_id=${createId('usr')}`)).toEqual([]);
    const { created_at: createdAt } = await bench.run(sprint);
    expect(await of(`created_from=${encodeURIComponent(createdAt)}`)).toEqual([sprint]);
    expect(await of(`created_to=${encodeURIComponent(createdAt)}`)).toEqual([run]);
  });

  it('shows who started a run only while they are in the tenant, and cuts the result', async () => {
    await asOwner(`update sessions set user_id = 'usr_gone', result = repeat('r', 300) where id = $1`, [run]);
    const { items } = (await list('?kind=run')).body;
    expect(items).toMatchObject([{ started_by: { user_id: 'usr_gone', name: null }, result: 'r'.repeat(200) }]);
    expect((await bench.run(run)).result).toHaveLength(300);
    expect(await of('mine=true')).toEqual([sprint]);
    await asOwner('update sessions set user_id = $2 where id = $1', [run, bench.person.userId]);
  });
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
