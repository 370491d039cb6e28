import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CouncilBench, openCouncilBench, stance, TWO } from '../council/bench.ts';

let bench: CouncilBench;
beforeAll(async () => {
  bench = await openCouncilBench();
});
afterAll(() => bench.close());

it('says what a council will probably cost, and starts nothing', async () => {
  const { status, body } = await bench.post('/estimate', { question: 'Which one?', ...TWO });
  expect({ status, body }).toEqual({
    status: 200,
    body: { calls: 9, foreseen_usd: expect.stringMatching(/^0\.0\d+$/) },
  });
  expect((await bench.get('')).body.items).toEqual([]);
  bench.seat(() => stance('Bees'));
  const started = await bench.begin(TWO);
  expect(started.foreseen_usd).toBe(body.foreseen_usd);
  await bench.until(started.id);
  expect((await bench.post('/estimate', { question: '' })).status).toBe(422);
});
