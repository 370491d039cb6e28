import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CouncilBench, openCouncilBench, stance, TWO } from '../council/bench.ts';

let bench: CouncilBench;
beforeAll(async () => {
  bench = await openCouncilBench();
});
afterAll(() => bench.close());

it('lists councils without their rounds, newest first, in pages', async () => {
  bench.seat(() => stance('Bees'));
  const ids: string[] = [];
  for (const question of ['First?', 'Second?']) ids.push((await bench.begin({ ...TWO, question })).id);
  await Promise.all(ids.map((id) => bench.until(id)));
  const first = (await bench.get('?limit=1')).body;
  expect(first.items).toMatchObject([{ id: ids[1], question: 'Second?', score: 1, ended_by: 'consensus', round: 1 }]);
  expect(first.items).toMatchObject([{ winner: 'Bees', is_tie: false }]);
  expect(first.items[0]).not.toHaveProperty('held');
  const second = (await bench.get(`?limit=1&cursor=${encodeURIComponent(first.next_cursor)}`)).body;
  expect(second).toMatchObject({ items: [{ id: ids[0] }], next_cursor: null });
  expect((await bench.get('?q=SECOND')).body.items).toMatchObject([{ id: ids[1] }]);
  expect((await bench.get('?q=_')).body.items).toEqual([]);
  const ofRun = (await bench.get(`?run_id=${second.items[0].run_id}`)).body;
  expect(ofRun).toMatchObject({ items: [{ id: ids[0] }], next_cursor: null });
});
