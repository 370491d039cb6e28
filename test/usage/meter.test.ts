import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { createId } from '../../functions/platform/id.ts';
import { toDollars, unitsOf } from '../../functions/platform/models/dollars.ts';
import { TakeTurn } from '../../functions/runs/run.ts';
import { Meter, OverBudget, type Purchase } from '../../functions/usage/meter.ts';
import { writeOffReservations } from '../../functions/usage/timers/write-off-reservations.ts';
import { createPerson, type Person, scopeOf } from '../entities/people.ts';
import { holdQueue } from '../runs/bench.ts';
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

/** A call of a node of a run. */
const callOf = (person: Person, run: { id: string }, node: string | undefined, purchase: Partial<Purchase> = {}) =>
  new Meter(
    { scoped: database.as(scopeOf(person)), ...scopeOf(person), runId: run.id, nodeId: node },
    { kind: 'turn', reference: createId('call'), choice, worstCase: cost(MOST_OUTPUT), ...purchase },
  );

test.each(['run', 'day'] as const)(
  'parallel calls against one budget of the %s all take place, none is refused, and the budget is never exceeded',
  async (limit) => {
    const person = await createPerson(database);
    const random = randomOf(7);
    // Calls use a small part of what they reserve, so that the budget is for about three reservations at a time.
    const outputOf = () => Math.floor((random() * MOST_OUTPUT) / 20);
    const plan = Array.from({ length: 12 }, () => Array.from({ length: 6 }, outputOf));
    const spent = plan.flat().reduce((sum, output) => sum + unitsOf(cost(output)), 0n);
    // Exactly what the calls cost, and the reservation of the last one.
    const budget = toDollars(spent + unitsOf(cost(MOST_OUTPUT)));
    const runs = await Promise.all([1, 2].map(() => createRun(person, limit === 'run' ? budget : null)));
    if (limit === 'day')
      await asOwner('update tenants set budget_usd_per_day = $2 where id = $1', [person.tenantId, budget]);
    const runOf = (worker: number) => runs[limit === 'run' ? 0 : worker % 2] ?? { id: '', nodes: [] };
    let waits = 0;
    const buy = async (worker: number, output: number) => {
      for (;;) {
        const meter = callOf(person, runOf(worker), runOf(worker).nodes[worker % 3]);
        const begun = await meter.begin().catch((error: unknown) => error);
        if (begun instanceof OverBudget && begun.isTemporary) {
          waits += 1;
          await new Promise((resolve) => setTimeout(resolve, 5));
          continue;
        }
        expect(begun).toBe(cost(MOST_OUTPUT));
        await new Promise((resolve) => setTimeout(resolve, random() * 5));
        return meter.settle(tokens(output));
      }
    };
    let isDone = false;
    const watch = async () => {
      while (!isDone) {
        const [sums] = await asOwner(
          `select $2::numeric >= (select coalesce(sum(cost), 0) from usage_ledger where tenant_id = $1)
            + (select coalesce(sum(amount), 0) from call_reservations where tenant_id = $1) as is_within`,
          [person.tenantId, budget],
        );
        expect(sums).toEqual({ is_within: true });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const watching = watch();
    await Promise.all(
      plan.map(async (calls, worker) => {
        for (const output of calls) await buy(worker, output);
      }),
    ).finally(() => {
      isDone = true;
    });
    await watching;
    expect(waits).toBeGreaterThan(0);
    const sums = await sumsOf(person);
    expect(unitsOf(sums.ledger ?? '')).toBe(spent);
    expect(Number(sums.reserved)).toBe(0);
  },
);

test('says what is spent and set aside of which limit, and what the call needs', async () => {
  const person = await createPerson(database);
  const run = await createRun(person, '1');
  const first = callOf(person, run, run.nodes[0], { worstCase: '0.75' });
  await first.begin();
  await expect(callOf(person, run, run.nodes[1], { worstCase: '0.5' }).begin()).rejects.toMatchObject({
    budget: 'run',
    isTemporary: true,
    message:
      'The budget of the run covers the next call when calls under way have ended: spent 0, set aside 0.75 of 1 US dollars',
  });
  await asOwner('update sessions set cost = 0.3, cost_unknown = 0.25 where id = $1', [run.id]);
  await expect(callOf(person, run, run.nodes[1], { worstCase: '0.5' }).begin()).rejects.toMatchObject({
    isTemporary: false,
    message:
      'The budget of the run does not cover the next call: spent 0.3 (and up to 0.25 in calls that were cut off), set aside 0.75 of 1 US dollars; the call needs 0.5. Ask again with a higher budget_usd; a replay of a run with from_failure keeps what is done.',
  });
  await asOwner('update sessions set budget_usd = null where id = $1', [run.id]);
  await asOwner('update tenants set budget_usd_per_day = 0.4 where id = $1', [person.tenantId]);
  await expect(callOf(person, run, run.nodes[1], { worstCase: '0.5' }).begin()).rejects.toMatchObject({
    budget: 'day',
    isTemporary: false,
    message:
      "The tenant's budget of the day (UTC) does not cover the next call: spent 0, set aside 0.75 of 0.4 US dollars; the call needs 0.5. An admin can raise the tenant's budget_usd_per_day; the next day begins at 00:00 UTC.",
  });
});

test('reserves what is left when the whole call will never fit, but no less than is worth a call', async () => {
  const person = await createPerson(database);
  const run = await createRun(person, '1');
  await asOwner('update sessions set cost = 0.4 where id = $1', [run.id]);
  const some = callOf(person, run, run.nodes[0], { worstCase: '0.75', least: '0.5' });
  expect(await some.begin()).toBe('0.6');
  const other = () => callOf(person, run, run.nodes[1], { worstCase: '0.75', least: '0.5' }).begin();
  // The rest is set aside, and what the first call does not use may do.
  await expect(other()).rejects.toMatchObject({ isTemporary: true });
  await some.settle(undefined);
  await asOwner('update tenants set budget_usd_per_day = 0.55 where id = $1', [person.tenantId]);
  expect(await other()).toBe('0.55');
  await asOwner('update sessions set cost = 0.51 where id = $1', [run.id]);
  await expect(other()).rejects.toMatchObject({ budget: 'run', isTemporary: false });
});

test('released money wakes sleeping nodes that wait for it, and marks those that are about to sleep', async () => {
  const queue = holdQueue();
  const person = await createPerson(database);
  const budget = toDollars(unitsOf(cost(MOST_OUTPUT)) * 2n - 1n);
  const [one, other] = await Promise.all([createRun(person, budget), createRun(person, budget)]);
  const [worker, asleep, awake] = one.nodes;
  const meter = callOf(person, one, worker);
  await meter.begin();
  for (const node of [asleep, awake])
    await expect(callOf(person, one, node).begin()).rejects.toMatchObject({ isTemporary: true });
  await callOf(person, other, other.nodes[0]).begin();
  await expect(callOf(person, other, other.nodes[1]).begin()).rejects.toMatchObject({ isTemporary: true });
  const sleeping = [asleep, other.nodes[1]];
  const wake = JSON.stringify({ step: TakeTurn.step, queue: TakeTurn.queue });
  await asOwner(`update run_nodes set wake_at = now() + interval '1 hour', wake_task = $2::jsonb where id = any ($1)`, [
    sleeping,
    wake,
  ]);
  await meter.settle(tokens(10));
  const payload = { tenant_id: person.tenantId, run_id: one.id, node_id: asleep, generation: 1 };
  expect(queue.tasks).toMatchObject([{ step: TakeTurn.step, queue: TakeTurn.queue, payload }]);
  const states = await asOwner(
    `select id, waits_for_budget, wake_at is null as is_due from run_nodes where waits_for_budget is not null
      and tenant_id = $1`,
    [person.tenantId],
  );
  expect(states).toHaveLength(3);
  expect(states).toEqual(
    expect.arrayContaining([
      { id: asleep, waits_for_budget: 'woken', is_due: true },
      { id: awake, waits_for_budget: 'woken', is_due: true },
      // The money of another run is not theirs.
      { id: other.nodes[1], waits_for_budget: 'run', is_due: false },
    ]),
  );
});

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
