import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CouncilBench, gate, members, openCouncilBench, stance } from '../council/bench.ts';

let bench: CouncilBench;
beforeAll(async () => {
  bench = await openCouncilBench();
});
afterAll(() => bench.close());

it('stops and keeps what was said; the outcome is what the stances say', async () => {
  const held = gate();
  bench.seat(({ name }) => (name === 'Cy' ? held.after(stance('Apples')) : stance('Bees')));
  const { id } = await bench.begin({ options: ['Apples', 'Bees'], agents: members('Ada', 'Bo', 'Cy') });
  await bench.until(
    id,
    ({ held: [first] }) => first.stances.filter(({ option }: { option: string }) => option).length === 2,
  );
  const stopped = (await bench.post(`/${id}/stop`)).body;
  held.open();
  expect(stopped).toMatchObject({
    status: 'cancelled',
    ended_by: 'stopped',
    score: null,
    held: [{ score: null, stances: [{ option: 'Bees' }, { option: 'Bees' }, { status: 'cancelled', option: null }] }],
    outcome: { winner: 'Bees', votes: [{ position: 'Bees', share: 2 / 3 }], summary: '2 of 3 for “Bees”.' },
  });
  expect((await bench.post(`/${id}/stop`)).body).toMatchObject({ status: 'cancelled', outcome: stopped.outcome });
  expect((await bench.post(`/${id}/interject`, { text: 'Wait' })).status).toBe(409);
});
