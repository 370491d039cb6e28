import { afterAll, beforeAll, expect, it } from 'vitest';
import { smallApp } from '../../support/team-script.ts';
import { openBench, type RunBench } from '../bench.ts';
import { describeRefusals } from './refusals.ts';

let bench: RunBench;
let id: string;
beforeAll(async () => {
  bench = await openBench();
  id = (await bench.play(smallApp())).id;
});
afterAll(() => bench.close());

const list = async (query = '') => {
  const answer = await bench.server.call('GET', `/api/v1/runs/${id}/turns${query}`, { token: bench.person.token });
  return { status: answer.status, ...answer.body };
};

it('answers 200 with the turns in the order of their answers', async () => {
  const { status, items, next_cursor } = await list();
  expect([status, next_cursor]).toEqual([200, null]);
  const completed = (await bench.logs(id)).filter(({ type }) => type === 'turn_completed');
  expect(items).toHaveLength(completed.length);
  expect(items[0]).toMatchObject({
    node: 'plan',
    worker: 'chef',
    turn: 0,
    provider: 'gemini',
    status: 'completed',
    fault: null,
    tool_calls: 2,
    failed_calls: 0,
    text: 'I hand out the work.',
    cost_usd: completed[0]?.data.cost_usd,
    duration_ms: completed[0]?.data.duration_ms,
  });
  expect(Date.parse(items[0].completed_at) - Date.parse(items[0].started_at)).toBe(items[0].duration_ms);
  const times = items.map((turn: { completed_at: string }) => Date.parse(turn.completed_at));
  expect(times).toEqual(times.toSorted((one: number, other: number) => one - other));
});

it('pages in both orders without a gap, and filters by node', async () => {
  const whole = (await list()).items;
  for (const order of ['oldest', 'newest']) {
    const paged: unknown[] = [];
    for (let cursor = ''; ; ) {
      const page = await list(`?order=${order}&limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      paged.push(...page.items);
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    expect(paged).toEqual(order === 'oldest' ? whole : whole.toReversed());
  }
  const ofBackend = (await list('?node=backend')).items;
  expect(ofBackend.map((turn: { turn: number }) => turn.turn)).toEqual([0, 1, 2]);
  expect((await list('?node=nobody')).items).toEqual([]);
});

it('answers 400 for a cursor of the other order and 422 for an unknown order', async () => {
  const { next_cursor } = await list('?limit=1');
  expect((await list(`?limit=1&order=newest&cursor=${encodeURIComponent(next_cursor)}`)).status).toBe(400);
  expect((await list('?order=random')).status).toBe(422);
});

it('cuts the answer at 300 characters', async () => {
  const run = await bench.play({ backend: [{ text: 'y'.repeat(400) }] });
  const { body } = await bench.server.call('GET', `/api/v1/runs/${run.id}/turns?node=backend`, {
    token: bench.person.token,
  });
  expect(body.items[0].text).toBe('y'.repeat(300));
});

describeRefusals({
  bench: () => bench,
  method: 'GET',
  path: (runId) => `/api/v1/runs/${runId}/turns`,
  id: () => id,
  writes: false,
});
