import { afterAll, beforeAll, expect, it } from 'vitest';
import { planFor } from '../../support/team-script.ts';
import { openBench, type RunBench } from '../bench.ts';
import { describeRefusals } from './refusals.ts';

let bench: RunBench;
let id: string;
beforeAll(async () => {
  bench = await openBench();
  id = (await bench.play({ plan: planFor('backend') })).id;
});
afterAll(() => bench.close());

const list = (query: string) =>
  bench.server.call('GET', `/api/v1/sprints/${id}/logs${query}`, { token: bench.person.token });

it('answers 200 with pages that together are the log, in order and without gaps', async () => {
  const whole = await bench.logs(id);
  const paged: { seq: number }[] = [];
  for (let cursor = ''; ; ) {
    const { status, body } = await list(`?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    expect(status).toBe(200);
    paged.push(...body.items);
    if (body.next_cursor === null) break;
    cursor = body.next_cursor;
  }
  expect(paged).toEqual(whole);
  expect(paged.length).toBeGreaterThan(4);
  expect(paged.map(({ seq }) => seq)).toEqual(paged.map((_, index) => index + 1));
});

it('filters by source and by level', async () => {
  const whole = await bench.logs(id);
  const ofChef = (await list('?source=chef&limit=200')).body.items;
  expect(ofChef).toEqual(whole.filter(({ source }) => source === 'chef'));
  expect(ofChef.length).toBeGreaterThan(0);
  expect((await list('?level=error')).body.items).toEqual([]);
});

it('answers 422 for an unknown level and 400 for a cursor that it did not make', async () => {
  expect((await list('?level=loud')).status).toBe(422);
  expect((await list('?cursor=nonsense')).status).toBe(400);
});

describeRefusals({
  bench: () => bench,
  method: 'GET',
  path: (runId) => `/api/v1/sprints/${runId}/logs`,
  id: () => id,
  writes: false,
});
