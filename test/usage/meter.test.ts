import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { createId } from '../../functions/platform/id.ts';
import { DEFAULT_MODELS } from '../../functions/platform/models/default-models.ts';
import { costOf } from '../../functions/platform/models/prices.ts';
import { Meter, OverBudget } from '../../functions/usage/meter.ts';
import { writeOffReservations } from '../../functions/usage/timers/write-off-reservations.ts';
import { createPerson, type Person, scopeOf } from '../entities/people.ts';
import { asOwner } from '../runs/bench.ts';
import { startServer } from '../support/server.ts';

/**
 * The law of money, under random interleavings of workers that reserve, settle, fail, crash and are cancelled: what was really spent, with what may have been
 * spent by calls that nobody heard of again, never passes a budget; every sum is exact; in the end nothing is reserved.
 */

const server = await startServer([writeOffReservations]);
const database = await openDatabase();
afterAll(() => server.close());

const choice = { provider: 'gemini', model: DEFAULT_MODELS.gemini.model } as const;
const tokens = (output: number) => ({ input_tokens: 100, output_tokens: output, cached_tokens: 0 });
/** A call's worst case, and what one of so many output tokens costs, as exact text. */
const cost = (output: number) => costOf(choice, tokens(output), new Date());
const MOST_OUTPUT = 1000;

async function createRun(person: Person, budget: string | null): Promise<{ id: string; nodes: string[] }> {
  const id = createId('run');
  const nodes = [1, 2, 3].map(() => createId('node'));
  await asOwner(
    `insert into sessions (id, tenant_id, user_id, query, status, budget_usd) values ($1, $2, $3, 'x', 'running', $4)`,
    [id, person.tenantId, person.userId, budget],
  );
  for (const [index, node] of nodes.entries())
    await asOwner(
      `insert into run_nodes (id, tenant_id, run_id, name, worker, position, status) values ($1, $2, $3, $1, 'backend', $4, 'running')`,
      [node, person.tenantId, id, index],
    );
  return { id, nodes };
}

const sumsOf = async (person: Person) => {
  const [row] = await asOwner<Record<string, string>>(
    `select (select coalesce(sum(cost), 0)::text from usage_ledger where tenant_id = $1) as ledger,
      (select coalesce(sum(cost), 0)::text from usage_days where tenant_id = $1) as days,
      (select coalesce(sum(calls), 0)::text from usage_days where tenant_id = $1) as calls,
      (select count(*)::text from usage_ledger where tenant_id = $1) as lines,
      (select coalesce(sum(cost), 0)::text from sessions where tenant_id = $1) as runs,
      (select coalesce(sum(cost_unknown), 0)::text from sessions where tenant_id = $1) as unknown,
      ((select coalesce(sum(cost), 0) from run_nodes where tenant_id = $1)
        + (select coalesce(sum(cost), 0) from usage_ledger where tenant_id = $1 and node_id is null))::text as parts,
      (select coalesce(sum(amount), 0)::text from call_reservations where tenant_id = $1 and written_off_at is null) as reserved`,
    [person.tenantId],
  );
  return row ?? {};
};

/** Random numbers that a failure can be repeated with. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

type Fate = 'answered' | 'failed' | 'cut' | 'crashed';

/** One worker that buys until the budget stops it or its calls are used up; answers what it really spent and what its dead calls may have. */
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
      // The same answer is delivered again, as a turn that may not have been recorded.
      if (random() < 0.3) await meter.settle(usage);
    }
    if (fate === 'cut') await Promise.all([meter.settle(usage), meter.settle(usage)]);
    if (fate === 'failed') await meter.settle(undefined);
  }
  return { stopped: false };
}

const expire = (person: Person) =>
  asOwner(`update call_reservations set expires_at = now() - interval '1 second' where tenant_id = $1`, [
    person.tenantId,
  ]);

test.each([1, 2, 3, 4, 5])('no interleaving passes a budget, and every sum is exact (seed %i)', async (seed) => {
  const person = await createPerson(database);
  const random = randomOf(seed);
  // Enough for about ten calls a run, and for two thirds of the runs.
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
  await expire(person);
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
});

test('a call whose process died stays reserved, is written off, and is known again when it comes back after all', async () => {
  const person = await createPerson(database);
  const run = await createRun(person, String(Number(cost(MOST_OUTPUT)) * 1.5));
  const meter = () =>
    new Meter(
      { scoped: database.as(scopeOf(person)), ...scopeOf(person), runId: run.id, nodeId: run.nodes[0] },
      { kind: 'turn', reference: createId('call'), choice, worstCase: cost(MOST_OUTPUT) },
    );
  const lost = meter();
  await lost.begin();
  await expect(meter().begin()).rejects.toMatchObject({ name: 'OverBudget', budget: 'run' });
  await expire(person);
  expect((await server.invoke('usage-write-off-reservations')).body).toMatchObject({ written_off: 1, failed: 0 });
  expect((await server.invoke('usage-write-off-reservations')).body).toMatchObject({ written_off: 0 });
  expect(await sumsOf(person)).toMatchObject({ ledger: '0', unknown: `${cost(MOST_OUTPUT).padEnd(12, '0')}` });
  await expect(meter().begin(), 'a crash buys no second call').rejects.toBeInstanceOf(OverBudget);
  await lost.settle(tokens(10));
  const sums = await sumsOf(person);
  expect([Number(sums.unknown), Number(sums.ledger)]).toEqual([0, Number(cost(10))]);
  await meter().begin();
});

test('one reservation that cannot be written off does not stop the others', async () => {
  const person = await createPerson(database);
  const run = await createRun(person, '100');
  for (const reference of ['bad', 'good']) {
    const payer = { scoped: database.as(scopeOf(person)), ...scopeOf(person), runId: run.id };
    await new Meter(payer, { kind: 'embedding', reference, choice, worstCase: '0.5' }).begin();
  }
  await asOwner(
    `create function test_break() returns trigger language plpgsql as $$ begin
      if new.reference = 'bad:1' and new.written_off_at is not null then raise exception 'broken row'; end if; return new; end $$`,
  );
  await asOwner(
    'create trigger test_break before update on call_reservations for each row execute function test_break()',
  );
  await expire(person);
  expect((await server.invoke('usage-write-off-reservations')).body).toMatchObject({ written_off: 1, failed: 1 });
  await asOwner('drop trigger test_break on call_reservations');
  expect((await server.invoke('usage-write-off-reservations')).body).toMatchObject({ written_off: 1, failed: 0 });
});

test('the day is UTC, yesterday counts no more, and a check stays flat as the ledger grows', async () => {
  const person = await createPerson(database);
  await asOwner('update tenants set budget_usd_per_day = 1 where id = $1', [person.tenantId]);
  await asOwner(
    `insert into usage_ledger (tenant_id, user_id, kind, reference, provider, model, input_tokens, output_tokens, cached_tokens, cost, created_at)
    select $1, $2, 'turn', 'past ' || n, 'gemini', 'm', 1, 1, 0, 5, (date_trunc('day', now() at time zone 'UTC') at time zone 'UTC') - interval '1 millisecond' * n
    from generate_series(1, 2000) n`,
    [person.tenantId, person.userId],
  );
  const payer = { scoped: database.as(scopeOf(person)), ...scopeOf(person) };
  const buy = (worstCase: string) =>
    new Meter(payer, { kind: 'embedding', reference: createId('call'), choice, worstCase }).begin();
  await buy('0.6');
  await expect(buy('0.6')).rejects.toMatchObject({ budget: 'day' });
  await asOwner(
    `insert into usage_ledger (tenant_id, user_id, kind, reference, provider, model, input_tokens, output_tokens, cached_tokens, cost)
    select $1, $2, 'turn', 'today ' || n, 'gemini', 'm', 1, 1, 0, 0.0001 from generate_series(1, 3000) n`,
    [person.tenantId, person.userId],
  );
  await buy('0.1');
  await expect(buy('0.1')).rejects.toBeInstanceOf(OverBudget);
  // 5,000 lines are at most sixteen rows a day, kind and model: what the check reads does not grow with them.
  const [rows] = await asOwner('select count(*) as days from usage_days where tenant_id = $1', [person.tenantId]);
  expect(Number(rows?.days)).toBeLessThanOrEqual(32 + 16);
  const sums = await sumsOf(person);
  expect(sums.days).toBe(sums.ledger);
});
