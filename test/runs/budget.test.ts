import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_MODELS } from '../../functions/platform/models/default-models.ts';
import { estimateInputTokens } from '../../functions/platform/models/estimate-tokens.ts';
import { worstCaseCost } from '../../functions/platform/models/prices.ts';
import { MAX_OUTPUT_TOKENS } from '../../functions/runs/worker.ts';
import type { Person } from '../support/server.ts';
import { call, planFor, smallApp, write } from '../support/team-script.ts';
import { asOwner, openBench, type RunBench, waitFor } from './bench.ts';

let bench: RunBench;
/** An upper bound for the cost of one model call of a small sprint. */
let oneCall: number;
beforeAll(async () => {
  bench = await openBench();
  const choice = { provider: 'gemini' as const, model: DEFAULT_MODELS.gemini.model };
  const long = { system: 'x'.repeat(12_000), messages: [], tools: [] };
  oneCall = Number(worstCaseCost(choice, estimateInputTokens(long), MAX_OUTPUT_TOKENS, new Date()));
});
afterAll(() => bench.close());

const dollars = (amount: number) => ({ budget_usd: Math.ceil(amount * 1e6) / 1e6 });
/** Counts the tenant's runs that exceeded a budget. */
const refusedRuns = async ({ tenantId }: Person) =>
  (await asOwner(`select 1 from sessions where tenant_id = $1 and status = 'cost_exceeded'`, [tenantId])).length;
const listing = { text: '', toolCalls: [call('list_files')] };
const sums = (id: string) =>
  asOwner(
    `select s.cost::text as cost, (select coalesce(sum(u.cost), 0)::text from usage_ledger u where u.run_id = s.id) as paid,
    ((select coalesce(sum(n.cost), 0) from run_nodes n where n.run_id = s.id)
      + (select coalesce(sum(u.cost), 0) from usage_ledger u where u.run_id = s.id and u.kind in ('embedding', 'extraction')))::text as of_parts,
    (select coalesce(sum(r.amount), 0) from call_reservations r where r.run_id = s.id)::float8 + s.reserved::float8 as reserved from sessions s where id = $1`,
    [id],
  );

it('ends the run before the first call when the budget covers no call', async () => {
  const task = 'Build a notes app, and let its question to the memory be long enough to cost more than this';
  const sprint = await bench.play(smallApp(), { task, budget_usd: 0.000001 });
  expect(sprint).toMatchObject({
    status: 'cost_exceeded',
    cost_usd: '0',
    budget_usd: '0.000001',
    error: 'The budget of the run is used up.',
  });
  expect(bench.team.asked).toEqual([]);
  expect(sprint.workers.map((worker: { status: string }) => worker.status)).toEqual([
    'cost_exceeded',
    'cancelled',
    'cancelled',
    'cancelled',
  ]);
  expect((await bench.logs(sprint.id)).at(-1)?.type).toBe('run_cost_exceeded');
});

it('returns the unused part of a reservation, so a budget for one call covers many calls; every sum is exact', async () => {
  const sprint = await bench.play(
    {
      plan: planFor('backend'),
      backend: [
        listing,
        listing,
        { text: '', toolCalls: [write('a', 'a')], usage: { input: 1234, output: 567, cached: 100 } },
        { text: 'Done.' },
      ],
    },
    dollars(oneCall * 1.2),
  );
  expect(sprint.status).toBe('completed');
  // Learning continues after the end and is booked on the run.
  await waitFor(
    'the facts to be learned',
    async () =>
      (await asOwner(`select 1 from memory_sessions where id = $1 and status <> 'pending'`, [sprint.id])).length === 1,
  );
  const [sum] = await sums(sprint.id);
  expect(sum).toMatchObject({ paid: sum?.cost, of_parts: sum?.cost, reserved: 0 });
  expect(Number(sprint.cost_usd)).toBeGreaterThan(0);
  expect(Number((await bench.sprint(sprint.id)).cost_usd)).toBe(Number(sum?.cost));
});

it('two concurrent workers do not exceed the budget together', async () => {
  const asked = () => bench.team.of('backend').length + bench.team.of('frontend').length;
  // The first call runs until the other worker was rejected.
  const line = async () => {
    await waitFor('the other to be refused', async () => asked() > 1 || (await refusedRuns(bench.person)) > before);
    return { text: 'Done.' };
  };
  const before = await refusedRuns(bench.person);
  const sprint = await bench.play(
    { plan: planFor('backend', 'frontend'), backend: [line], frontend: [line] },
    dollars(oneCall * 1.2),
  );
  expect(sprint.status).toBe('cost_exceeded');
  expect(bench.team.of('backend').length + bench.team.of('frontend').length).toBe(1);
});

it('returns the reservation of a worker that fails', async () => {
  const sprint = await bench.play(
    {
      plan: planFor('backend'),
      backend: [{ failure: { status: 400, code: 'INVALID_ARGUMENT' } }],
      summary: [{ text: 'It failed.' }],
    },
    dollars(oneCall * 1.2),
  );
  expect(sprint).toMatchObject({ status: 'failed', result: 'It failed.' });
});

it('stops the run when the budget is spent, and keeps the finished work', async () => {
  const expensive = { input: 11, output: Math.ceil(MAX_OUTPUT_TOKENS / 2) };
  const sprint = await bench.play(
    {
      plan: planFor('backend'),
      backend: [
        { text: '', toolCalls: [write('a.txt', 'a')], usage: expensive },
        { ...listing, usage: expensive },
        { ...listing, usage: expensive },
        { text: 'Done.' },
      ],
    },
    dollars(oneCall * 1.8),
  );
  expect(sprint.status).toBe('cost_exceeded');
  expect(Number(sprint.cost_usd)).toBeLessThanOrEqual(Number(sprint.budget_usd));
  const { body } = await bench.server.call('GET', `/api/v1/sprints/${sprint.id}/files`, { token: bench.person.token });
  expect(body.items.map((file: { path: string }) => file.path)).toEqual(['a.txt']);
});

it("limits all runs of a tenant to the tenant's daily budget", async () => {
  const person = await bench.server.signUp();
  const play = async () => {
    bench.team.perform({ plan: [{ text: 'Nothing to do.', usage: { input: 100, output: 8_000 } }] });
    const id = await bench.start({}, person);
    for (;;) {
      const sprint = await bench.sprint(id, person);
      if (sprint.completed_at !== null) return sprint;
    }
  };
  await asOwner('update tenants set budget_usd_per_day = $2 where id = $1', [person.tenantId, oneCall * 1.2]);
  expect((await play()).status).toBe('completed');
  expect((await play()).status).toBe('cost_exceeded');
  await asOwner('update tenants set budget_usd_per_day = null where id = $1', [person.tenantId]);
  expect((await play()).status).toBe('completed');
});

it("does not exceed the tenant's daily budget with concurrent runs", async () => {
  const person = await bench.server.signUp();
  await asOwner('update tenants set budget_usd_per_day = $2 where id = $1', [person.tenantId, oneCall * 1.2]);
  // The first call runs until the two others were rejected.
  const line = async () => {
    const asked = () => bench.team.of('plan').length;
    await waitFor('the others to be refused', async () => asked() > 1 || (await refusedRuns(person)) === 2);
    return { text: 'Nothing to do.' };
  };
  bench.team.perform({ plan: [line] });
  const ids = await Promise.all([1, 2, 3].map(() => bench.start({}, person)));
  const ended = await waitFor('all to end', async () => {
    const sprints = await Promise.all(ids.map((id) => bench.sprint(id, person)));
    return sprints.every((sprint) => sprint.completed_at !== null) && sprints;
  });
  expect(ended.map(({ status }) => status).toSorted()).toEqual(['completed', 'cost_exceeded', 'cost_exceeded']);
  expect(bench.team.of('plan')).toHaveLength(1);
});

it('books a call that a cancellation cut off, and the run stays cancelled', async () => {
  bench.team.perform({ plan: [{ text: 'I think about it for long', silentAfter: 1 }] });
  const id = await bench.start({ budget_usd: 5 });
  await waitFor('the model to be asked', () => bench.team.of('plan').length === 1);
  await bench.server.call('POST', `/api/v1/sprints/${id}/cancel`, { token: bench.person.token });
  await waitFor('the call to be booked', async () => {
    const [lines] = await asOwner(`select count(*) as paid from usage_ledger where run_id = $1 and kind = 'attempt'`, [
      id,
    ]);
    return Number(lines?.paid) === 1;
  });
  const [sum] = await sums(id);
  expect(sum).toMatchObject({ paid: sum?.cost, of_parts: sum?.cost, reserved: 0 });
  expect(Number(sum?.cost)).toBeGreaterThan(0);
  expect((await bench.sprint(id)).status).toBe('cancelled');
});

it('does not revive a run over its budget with late tasks or sweeps', async () => {
  const task = 'Build a notes app, and let its question to the memory be long enough to cost more than this';
  const { id } = await bench.play(smallApp(), { task, budget_usd: 0.000001 });
  const nodes = await asOwner<{ id: string; generation: number }>(
    'select id, generation from run_nodes where run_id = $1',
    [id],
  );
  for (const node of nodes)
    await bench.server.invoke('runs-take-turn', {
      tenant_id: bench.person.tenantId,
      run_id: id,
      node_id: node.id,
      generation: Number(node.generation),
    });
  await bench.server.invoke('runs-settle-run', { tenant_id: bench.person.tenantId, run_id: id });
  await bench.server.invoke('memory-extract-facts', { tenant_id: bench.person.tenantId, run_id: id });
  await bench.server.invoke('runs-sweep-stalled');
  expect(await bench.sprint(id)).toMatchObject({ status: 'cost_exceeded', cost_usd: '0' });
  expect(bench.team.asked).toEqual([]);
});

it('a budget that the tenant sets while a task goes on limits its next calls', async () => {
  const person = await bench.server.signUp();
  const leaseUntil = async () =>
    (
      await asOwner(
        `select lease_until::text as until from run_nodes n join sessions s on s.id = n.run_id
        where s.tenant_id = $1 and n.name = 'backend'`,
        [person.tenantId],
      )
    )[0]?.until;
  bench.team.perform({
    plan: planFor('backend'),
    backend: [
      listing,
      async () => {
        await bench.server.call('PATCH', '/api/v1/tenant', { token: person.token, body: { budget_usd_per_day: 0 } });
        const renewed = new Set();
        // The first renewal may have been sent before the budget was set.
        await waitFor('two renewals of the lease', async () => renewed.add(await leaseUntil()).size > 2);
        return listing;
      },
      { text: 'Done.' },
    ],
  });
  const id = await bench.start({}, person);
  await waitFor('the run to end', async () => (await bench.sprint(id, person)).status === 'cost_exceeded', 25_000);
  expect(bench.team.of('backend')).toHaveLength(2);
});
