import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CouncilBench, gate, openCouncilBench, stance, TWO } from '../council/bench.ts';

let bench: CouncilBench;
beforeAll(async () => {
  bench = await openCouncilBench();
});
afterAll(() => bench.close());

it('goes on where the council was paused, and asks nobody twice', async () => {
  const held = gate();
  bench.seat(() => held.after(stance('Bees')));
  const { id, run_id } = await bench.begin(TWO);
  expect((await bench.post(`/${id}/resume`)).body.status).toBe('running');
  await bench.post(`/${id}/pause`);
  held.open();
  await bench.until(id, ({ held: [first] }) => first.stances.every(({ option }: { option: string }) => option));
  await bench.untilSettled(run_id);
  expect(bench.asked()).not.toContain('chair/1');
  expect((await bench.post(`/${id}/resume`)).body.status).toBe('running');
  expect(await bench.until(id)).toMatchObject({ status: 'completed', ended_by: 'consensus' });
  expect(bench.asked().toSorted()).toEqual(['Ada/1', 'Bo/1', 'chair/1']);
  expect((await bench.post(`/${id}/resume`)).status).toBe(409);
});
