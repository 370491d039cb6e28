import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { createId } from '../../functions/platform/id.ts';
import { Meter, OverBudget } from '../../functions/usage/meter.ts';
import { writeOffReservations } from '../../functions/usage/timers/write-off-reservations.ts';
import { createPerson, type Person, scopeOf } from '../entities/people.ts';
import { asOwner } from '../support/owner.ts';
import { startServer } from '../support/server.ts';
import { choice, cost, createRun, expireReservations, MOST_OUTPUT, sumsOf, tokens } from './purchase.ts';

const server = await startServer([writeOffReservations]);
const database = await openDatabase();
afterAll(() => server.close());

/** Returns pseudo-random numbers that depend on the seed only, so that a failure can be reproduced. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

type Fate = 'answered' | 'failed' | 'cut' | 'crashed';

/** Buys up to twelve calls, as one worker does. Says whether a budget stopped it. */
async function work(
  person: Person,
  run: { id: string; node: string | undefined },
  random: () => number,
): Promise<{ stopped: boolean }> {
  for (let call = 0; call < 12; call += 1) {
    const payer = { scoped: database.as(scopeOf(person)), ...scopeOf(person), runId: run.id, nodeId: run.node };
    const meter = new Meter(payer, {
      kind: run.node === undefined ? 'embedding' : 'turn',
      reference: createId('call'),
      choice,
      worstCase: cost(MOST_OUTPUT),
    });
    try {
      await meter.begin();
    } catch (error) {
      if (error instanceof OverBudget) return { stopped: true };
      throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, random() * 4));
    const fate: Fate =
      (['answered', 'answered', 'failed', 'cut', 'crashed'] as const)[Math.floor(random() * 5)] ?? 'cut';
    const usage = tokens(Math.floor(random() * MOST_OUTPUT));
    if (fate === 'answered') {
      await database.as(scopeOf(person)).queryAll([meter.answered(usage)]);
      // A turn whose record was lost on the way is settled again.
      if (random() < 0.3) await meter.settle(usage);
    }
    if (fate === 'cut') await Promise.all([meter.settle(usage), meter.settle(usage)]);
    if (fate === 'failed') await meter.settle(undefined);
  }
  return { stopped: false };
}

test('books a call once by tenant, kind and reference, at its price', async () => {
  const person = await createPerson(database);
  const ledger = database.as(scopeOf(person));
  const meterOf = async (kind: 'extraction' | 'embedding') => {
    const payer = { scoped: ledger, ...scopeOf(person) };
    const meter = new Meter(payer, { kind, reference: 'run_1', choice, worstCase: cost(MOST_OUTPUT) });
    await meter.begin();
    return meter;
  };
  await (await meterOf('extraction')).settle(tokens(1000));
  await (await meterOf('extraction')).settle(tokens(10));
  expect(await ledger.query((await meterOf('extraction')).answered(tokens(10)))).toMatchObject([{ booked: false }]);
  expect(await ledger.query((await meterOf('embedding')).answered(tokens(10)))).toMatchObject([{ booked: true }]);
  const rows = await ledger.query({
    name: 'test_ledger',
    text: `select kind, reference, output_tokens, trim_scale(cost)::text as cost, run_id, node_id
      from usage_ledger order by id`,
  });
  const line = { reference: 'run_1:1', run_id: null, node_id: null };
  expect(rows).toEqual([
    { kind: 'extraction', output_tokens: 1000, cost: cost(1000), ...line },
    { kind: 'embedding', output_tokens: 10, cost: cost(10), ...line },
  ]);
});

/**
 * Workers reserve, settle, fail, crash and are cancelled in random order. The booked cost plus the unknown cost never
 * exceeds a budget, every sum is exact, and in the end nothing is reserved.
 */
test.each([1, 2, 3, 4, 5])(
  'exceeds no budget and keeps every sum exact in any interleaving (seed %i)',
  async (seed) => {
    const person = await createPerson(database);
    const random = randomOf(seed);
    // Enough for about ten calls of each run, and for two of the three runs.
    const runBudget = Number(cost(MOST_OUTPUT)) * 10;
    const dayBudget = runBudget * 2;
    await asOwner('update tenants set budget_usd_per_day = $2 where id = $1', [person.tenantId, dayBudget]);
    const runs = await Promise.all([1, 2, 3].map(() => createRun(person, String(runBudget))));
    const workers = runs.flatMap((run) => [...run.nodes, undefined].map((node) => ({ id: run.id, node })));
    const cancelled = (async () => {
      await new Promise((resolve) => setTimeout(resolve, 15));
      await asOwner(`update sessions set status = 'cancelled' where id = $1`, [runs[0]?.id]);
    })();
    const ended = await Promise.all(workers.map((worker) => work(person, worker, random)));
    await cancelled;
    expect(ended.some(({ stopped }) => stopped)).toBe(true);
    await expireReservations(person);
    await server.invoke('usage-write-off-reservations');
    await server.invoke('usage-write-off-reservations');
    const sums = await sumsOf(person);
    expect(sums).toMatchObject({ days: sums.ledger, runs: sums.ledger, parts: sums.ledger, calls: sums.lines });
    expect(Number(sums.reserved)).toBe(0);
    expect(Number(sums.ledger) + Number(sums.unknown)).toBeLessThanOrEqual(dayBudget + 1e-9);
    const over = await asOwner(`select id from sessions where tenant_id = $1 and cost + cost_unknown > budget_usd`, [
      person.tenantId,
    ]);
    expect(over).toEqual([]);
  },
);

test('counts the day in UTC, ignores yesterday, and reads no more rows as the ledger grows', async () => {
  const person = await createPerson(database);
  await asOwner('update tenants set budget_usd_per_day = 1 where id = $1', [person.tenantId]);
  await asOwner(
    `insert into usage_ledger (tenant_id, user_id, kind, reference, provider, model,
      input_tokens, output_tokens, cached_tokens, cost, created_at)
    select $1, $2, 'turn', 'past ' || n, 'gemini', 'm', 1, 1, 0, 5,
      (date_trunc('day', now() at time zone 'UTC') at time zone 'UTC') - interval '1 millisecond' * n
    from generate_series(1, 2000) n`,
    [person.tenantId, person.userId],
  );
  const payer = { scoped: database.as(scopeOf(person)), ...scopeOf(person) };
  const buy = (worstCase: string) =>
    new Meter(payer, { kind: 'embedding', reference: createId('call'), choice, worstCase }).begin();
  await buy('0.6');
  await expect(buy('0.6')).rejects.toMatchObject({ budget: 'day' });
  await asOwner(
    `insert into usage_ledger (tenant_id, user_id, kind, reference, provider, model,
      input_tokens, output_tokens, cached_tokens, cost)
    select $1, $2, 'turn', 'today ' || n, 'gemini', 'm', 1, 1, 0, 0.0001 from generate_series(1, 3000) n`,
    [person.tenantId, person.userId],
  );
  await buy('0.1');
  await expect(buy('0.1')).rejects.toBeInstanceOf(OverBudget);
  // 5,000 lines are at most sixteen rows for each day, kind and model, and the check reads only these.
  const [rows] = await asOwner('select count(*) as days from usage_days where tenant_id = $1', [person.tenantId]);
  expect(Number(rows?.days)).toBeLessThanOrEqual(32 + 16);
  const sums = await sumsOf(person);
  expect(sums.days).toBe(sums.ledger);
});
