import { afterAll, beforeAll, expect, it } from 'vitest';
import { toDollars, unitsOf } from '../../../functions/platform/models/dollars.ts';
import { call } from '../../support/team-script.ts';
import { asOwner, openBench, type RunBench, waitFor } from '../bench.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** A model that is asked and answers when it is told to. */
function held() {
  let answer: (turn: { text: string }) => void = () => undefined;
  const turn = new Promise<{ text: string }>((resolve) => {
    answer = resolve;
  });
  let ask: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const line = () => {
    ask();
    return turn;
  };
  return { line, asked, end: () => answer({ text: 'Done.' }) };
}

it('says what is reserved for a call under way, exactly, and nothing when it has ended', async () => {
  const second = held();
  bench.team.perform({ thinker: [{ text: 'I look.', toolCalls: [call('list_files')] }, second.line] });
  const id = await bench.startRun({ agent_type: 'thinker', budget_usd: 5 });
  await second.asked;
  const working = await bench.run(id);
  const open = await asOwner<{ amount: string }>(
    'select trim_scale(amount)::text as amount from call_reservations where run_id = $1 and written_off_at is null',
    [id],
  );
  expect(open).toHaveLength(1);
  expect(working).toMatchObject({ status: 'running', reserved_usd: open[0]?.amount, budget_usd: '5' });
  expect(unitsOf(working.reserved_usd)).toBeGreaterThan(0n);
  expect(working.graph.nodes).toMatchObject([{ status: 'running', turns: 1, max_turns: 16 }]);
  second.end();
  await bench.runEnded(id, 'completed');
  // Learning from the run reserves too, after its end.
  await expect.poll(async () => (await bench.run(id)).reserved_usd, { timeout: 20_000 }).toBe('0');
});

it('adds up the calls of all workers, and leaves out what was written off', async () => {
  const one = held();
  bench.team.perform({ thinker: [one.line] });
  const id = await bench.startRun({ agent_type: 'thinker', budget_usd: 5 });
  await one.asked;
  const { reserved_usd: own } = await bench.run(id);
  await asOwner(
    `insert into call_reservations (tenant_id, reference, run_id, amount, expires_at, written_off_at)
      values ($1, 'another', $2, 0.0000000007, now() + interval '1 hour', null),
        ($1, 'lost', $2, 1, now(), now())`,
    [bench.person.tenantId, id],
  );
  const { reserved_usd: sum } = await bench.run(id);
  expect(sum).toBe(toDollars(unitsOf(own) + unitsOf('0.0000000007')));
  await asOwner(`delete from call_reservations where reference in ('another', 'lost')`);
  one.end();
  await bench.runEnded(id);
});

it('has no limit of turns for a worker that is no longer declared', async () => {
  const one = held();
  bench.team.perform({ thinker: [one.line] });
  const id = await bench.startRun({ agent_type: 'thinker' });
  await one.asked;
  one.end();
  await bench.runEnded(id);
  await asOwner(`update run_nodes set worker = 'painter' where run_id = $1`, [id]);
  const found = await waitFor('the run to be shown', () => bench.run(id));
  expect(found.graph.nodes).toMatchObject([{ worker: 'painter', max_turns: null }]);
  expect(found.reserved_usd).toBe('0');
});
