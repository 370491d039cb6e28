import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type CouncilBench, members, openCouncilBench, stance, TWO } from '../council/bench.ts';

let bench: CouncilBench;
beforeAll(async () => {
  bench = await openCouncilBench();
});
afterAll(() => bench.close());

it('books what it has spent to the last digit, and shows the run as one of the kind council', async () => {
  bench.seat(() => stance('Bees'));
  const started = await bench.begin({ options: ['Apples', 'Bees'], agents: members('Ada', 'Bo', 'Cy') });
  const ended = await bench.until(started.id);
  const [booked] = await bench.asOwner(
    `select (select count(*)::integer from usage_ledger where run_id = $1 and kind = 'turn') as turns,
      (select count(*)::integer from usage_ledger where run_id = $1 and kind = 'attempt') as attempts,
      (select sum(cost) from usage_ledger where run_id = $1) = s.cost as sums_fit from sessions s where id = $1`,
    [ended.run_id],
  );
  expect(booked).toEqual({ turns: 4, attempts: 0, sums_fit: true });
  expect(ended.spent_usd).toMatch(/^0\.000\d+$/);
  expect(await bench.run(ended.run_id)).toMatchObject({
    kind: 'council',
    result: 'So it stands.',
    query: 'Which one?',
  });
  const { body } = await bench.server.call('GET', '/api/v1/runs', { token: bench.person.token });
  expect(body.items.map(({ id }: { id: string }) => id)).not.toContain(ended.run_id);
});

it('answers 404 for a council that does not exist', async () => {
  expect((await bench.get(`/${createId('council')}`)).status).toBe(404);
});

it('is gone with its run', async () => {
  bench.seat(() => stance('Bees'));
  const { id, run_id: runId } = await bench.begin(TWO);
  await bench.until(id);
  await bench.server.call('DELETE', `/api/v1/runs/${runId}`, { token: bench.person.token });
  expect((await bench.get(`/${id}`)).status).toBe(404);
});
