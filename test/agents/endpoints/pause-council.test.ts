import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitFor } from '../../runs/bench.ts';
import { type CouncilBench, gate, openCouncilBench, stance, TWO } from '../council/bench.ts';

let bench: CouncilBench;
beforeAll(async () => {
  bench = await openCouncilBench();
});
afterAll(() => bench.close());

it('lets who is answering finish, and asks nobody else', async () => {
  const held = gate();
  bench.seat(() => held.after(stance('Bees')));
  const { id, run_id } = await bench.begin({ ...TWO, rounds: 1 });
  await waitFor('both to be asked', () => bench.asked().length === 2);
  expect((await bench.post(`/${id}/pause`)).body).toMatchObject({ status: 'paused', ended_by: null });
  expect((await bench.post(`/${id}/pause`)).status).toBe(200);
  held.open();
  await bench.untilSettled(run_id);
  expect(bench.asked().toSorted()).toEqual(['Ada/1', 'Bo/1']);
  expect(await bench.council(id)).toMatchObject({
    status: 'paused',
    held: [{ stances: [{ option: 'Bees' }, { option: 'Bees' }], score: null }],
  });
  await bench.post(`/${id}/stop`);
  expect((await bench.post(`/${id}/pause`)).status).toBe(409);
});
