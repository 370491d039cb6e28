import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_MODELS } from '../../functions/platform/models/default-models.ts';
import { estimateInputTokens } from '../../functions/platform/models/estimate-tokens.ts';
import { worstCaseCost } from '../../functions/platform/models/prices.ts';
import { MAX_OUTPUT_TOKENS } from '../../functions/runs/worker.ts';
import type { Person } from '../support/server.ts';
import { call, planFor, smallApp, write } from '../support/team-script.ts';
import { asOwner, openBench, type RunBench, waitFor } from './bench.ts';

let bench: RunBench;
/** What one call of a small sprint can cost at most, a little generously. */
let oneCall: number;
beforeAll(async () => {
  bench = await openBench();
  const choice = { provider: 'gemini' as const, model: DEFAULT_MODELS.gemini.model };
  const long = { system: 'x'.repeat(12_000), messages: [], tools: [] };
  oneCall = Number(worstCaseCost(choice, estimateInputTokens(long), MAX_OUTPUT_TOKENS, new Date()));
});
afterAll(() => bench.close());

const dollars = (amount: number) => ({ budget_usd: Math.ceil(amount * 1e6) / 1e6 });
/** How many of a tenant's runs were ended because they cost too much. */
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

it('a budget that covers no call ends the run before the first', async () => {
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

it('what a turn did not use is returned: a budget for one call at a time covers many, and every sum is exact', async () => {
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
  // Learning goes on after the end, and is paid for by the run.
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

it('two workers at the same time cannot overdraw together', async () => {
  const asked = () => bench.team.of('backend').length + bench.team.of('frontend').length;
  // The one that is asked first is at work until the other was refused.
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

it('a worker that fails gives back what it had reserved', async () => {
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

it('a budget that is spent stops the run in the middle, and what was done before stays', async () => {
  const dear = { input: 11, output: Math.ceil(MAX_OUTPUT_TOKENS / 2) };
  const sprint = await bench.play(
    {
      plan: planFor('backend'),
      backend: [
        { text: '', toolCalls: [write('a.txt', 'a')], usage: dear },
        { ...listing, usage: dear },
        { ...listing, usage: dear },
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

it("the tenant's budget of a day holds over all its runs", async () => {
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

it("the tenant's budget of a day cannot be overdrawn by workers and runs at the same time", async () => {
  const person = await bench.server.signUp();
  await asOwner('update tenants set budget_usd_per_day = $2 where id = $1', [person.tenantId, oneCall * 1.2]);
  // The one that is asked first is at work until the two others were refused.
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

it('a call that a cancel cuts off is booked without its claim, and the run stays cancelled', async () => {
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

it('cost_exceeded is final: tasks that come late and sweeps do not revive the run, and nothing more is asked', async () => {
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
