import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { DEFAULT_MODELS } from '../../functions/platform/models/default-models.ts';
import { toDollars, unitsOf } from '../../functions/platform/models/dollars.ts';
import { estimateInputTokens } from '../../functions/platform/models/estimate-tokens.ts';
import { worstCaseCost } from '../../functions/platform/models/prices.ts';
import { MAX_OUTPUT_TOKENS } from '../../functions/runs/worker.ts';
import type { ScriptedRequest, ScriptedTurn } from '../support/scripted-provider.ts';
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
/** Counts the tenant's nodes that wait for money. */
const waitingNodes = async ({ tenantId }: Person) =>
  (
    await asOwner(
      `select 1 from run_nodes where tenant_id = $1 and status = 'running' and wake_at is not null
      and waits_for_budget is not null`,
      [tenantId],
    )
  ).length;
/** Adds the cost lines of a run up, exactly. */
const sumOf = ({ costs }: { costs: { cost_usd: string }[] }) =>
  toDollars(costs.reduce((sum, line) => sum + unitsOf(line.cost_usd), 0n));
/** The output limit that the model was asked with. */
const limitOf = ({ body }: ScriptedRequest) =>
  z.object({ generationConfig: z.object({ maxOutputTokens: z.int() }) }).parse(body).generationConfig.maxOutputTokens;
/** Answers as one call at a time, of which the first runs until `others` nodes wait for money. */
function oneAtATime(person: Person, others: number) {
  const seen = { asked: 0, atOnce: 0, most: 0 };
  const line = async () => {
    seen.asked += 1;
    seen.atOnce += 1;
    seen.most = Math.max(seen.most, seen.atOnce);
    if (seen.asked === 1) await waitFor('the others to wait', async () => (await waitingNodes(person)) === others);
    seen.atOnce -= 1;
    return { text: 'Done.' };
  };
  return { seen, line };
}
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
    error: expect.stringMatching(
      /^The budget of the run does not cover the next call: spent 0, set aside 0 of 0.000001 US dollars; the call needs 0\.0\d+\. Ask again with a higher budget_usd/,
    ),
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
  const learned = await bench.sprint(sprint.id);
  expect(Number(learned.cost_usd)).toBe(Number(sum?.cost));
  expect(sumOf(learned), 'every dollar is shown').toBe(learned.cost_usd);
  const kinds = learned.costs.map((line: { worker: string | null; kind: string }) => [line.worker, line.kind]);
  expect(kinds).toEqual(
    expect.arrayContaining([
      ['plan', 'turn'],
      ['backend', 'turn'],
      ['summary', 'turn'],
      [null, 'embedding'],
      [null, 'extraction'],
    ]),
  );
});

it('a worker waits while money is set aside for another; both complete, and never work beyond the budget', async () => {
  const { seen, line } = oneAtATime(bench.person, 1);
  const sprint = await bench.play(
    { plan: planFor('backend', 'frontend'), backend: [line], frontend: [line] },
    dollars(oneCall * 1.2),
  );
  expect(sprint).toMatchObject({ status: 'completed', error: null });
  expect(seen).toEqual({ asked: 2, atOnce: 0, most: 1 });
  expect(Number(sprint.cost_usd)).toBeLessThanOrEqual(Number(sprint.budget_usd));
  const waits = (await bench.logs(sprint.id)).filter(({ type }) => type === 'turn_postponed');
  expect(waits.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /^(back|front)end waits\. The budget of the run .*: spent 0\.\d+, set aside 0\.\d+ of 0\.\d+ US dollars$/,
    ),
  ]);
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

it('lowers the output limit to what is left, stops when the budget is spent, and keeps the finished work', async () => {
  const limits: number[] = [];
  const expensive = (turn: ScriptedTurn) => (request: ScriptedRequest) => {
    limits.push(limitOf(request));
    return { ...turn, usage: { input: 11, output: Math.min(limitOf(request), MAX_OUTPUT_TOKENS / 2) } };
  };
  const sprint = await bench.play(
    {
      plan: planFor('backend'),
      backend: [expensive({ text: '', toolCalls: [write('a.txt', 'a')] }), expensive(listing)],
    },
    dollars(oneCall * 1.8),
  );
  expect(sprint.status).toBe('cost_exceeded');
  expect(sprint.error).toMatch(/^The budget of the run does not cover the next call: spent 0\.\d+, set aside 0 of /);
  expect(Number(sprint.cost_usd)).toBeLessThanOrEqual(Number(sprint.budget_usd));
  expect(limits.slice(0, 2)).toEqual([MAX_OUTPUT_TOKENS, MAX_OUTPUT_TOKENS]);
  expect(limits.at(-1)).toBeLessThan(MAX_OUTPUT_TOKENS / 2);
  expect(limits).toEqual(limits.toSorted((one, other) => other - one));
  const { body } = await bench.server.call('GET', `/api/v1/sprints/${sprint.id}/files`, { token: bench.person.token });
  expect(body.items.map((file: { path: string }) => file.path)).toEqual(['a.txt']);
});

it("limits all runs of a tenant to the tenant's daily budget", async () => {
  const person = await bench.server.signUp();
  const play = async () => {
    bench.team.perform({ formatter: [{ text: 'Done.', usage: { input: 100, output: MAX_OUTPUT_TOKENS } }] });
    const id = await bench.startRun({ agent_type: 'formatter' }, person);
    return waitFor('the run to end', async () => {
      const { body } = await bench.server.call('GET', `/api/v1/runs/${id}`, { token: person.token });
      return body.completed_at !== null && body;
    });
  };
  await asOwner('update tenants set budget_usd_per_day = $2 where id = $1', [person.tenantId, oneCall * 1.05]);
  expect((await play()).status).toBe('completed');
  expect(await play()).toMatchObject({
    status: 'cost_exceeded',
    error: expect.stringMatching(
      /^The tenant's budget of the day \(UTC\) does not cover the next call: spent 0\.\d+, /,
    ),
  });
  await asOwner('update tenants set budget_usd_per_day = null where id = $1', [person.tenantId]);
  expect((await play()).status).toBe('completed');
});

it("runs wait for each other's money of the tenant's daily budget, and all complete", async () => {
  const person = await bench.server.signUp();
  await asOwner('update tenants set budget_usd_per_day = $2 where id = $1', [person.tenantId, oneCall * 1.2]);
  const { seen, line } = oneAtATime(person, 2);
  bench.team.perform({ formatter: [line] });
  await Promise.all([1, 2, 3].map(() => bench.startRun({ agent_type: 'formatter' }, person)));
  const ended = await waitFor(
    'all to end',
    async () => {
      const { body } = await bench.server.call('GET', '/api/v1/runs', { token: person.token });
      return body.items.every((run: { completed_at: string | null }) => run.completed_at !== null) && body.items;
    },
    40_000,
  );
  expect(ended.map(({ status }: { status: string }) => status)).toEqual(['completed', 'completed', 'completed']);
  expect(seen).toEqual({ asked: 3, atOnce: 0, most: 1 });
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

it('a run over its budget goes on as a replay with a higher budget', async () => {
  const play = { plan: planFor('backend'), backend: [{ text: 'Built.' }], summary: [{ text: 'All is there.' }] };
  const sprint = await bench.play(play, dollars(0.000001));
  expect(sprint.status).toBe('cost_exceeded');
  const replay = (body: Record<string, unknown>) =>
    bench.server.call('POST', `/api/v1/runs/${sprint.id}/replay`, { token: bench.person.token, body });
  expect((await replay({ budget_usd: 0 })).status).toBe(422);
  const { status, body } = await replay({ from_failure: true, budget_usd: 5 });
  expect([status, body.budget_usd]).toEqual([202, '5']);
  expect(await bench.ended(body.id)).toMatchObject({ status: 'completed', result: 'All is there.', budget_usd: '5' });
});
