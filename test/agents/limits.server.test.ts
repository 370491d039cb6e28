import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { MOST_AGENTS } from '../../functions/agents/agent.ts';
import { DEFAULT_MODELS } from '../../functions/platform/models/default-models.ts';
import { estimateInputTokens } from '../../functions/platform/models/estimate-tokens.ts';
import { worstCaseCost } from '../../functions/platform/models/prices.ts';
import { MAX_OUTPUT_TOKENS } from '../../functions/runs/worker.ts';
import { waitFor } from '../support/local-server.ts';
import type { ScriptedRequest } from '../support/scripted-provider.ts';
import { call } from '../support/team-script.ts';
import { type AgentBench, agentOf, gate, openAgents, resultsOf, spawns, taskOf, waits } from './bench.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgents();
});
afterAll(() => bench.close());

const Asked = z.object({ generationConfig: z.object({ maxOutputTokens: z.int() }) });
/** The longest answer that the model was asked for. */
const longest = ({ body }: ScriptedRequest) => Asked.parse(body).generationConfig.maxOutputTokens;

it('20 agents with one budget: what is spent and set aside never exceeds it', { timeout: 60_000 }, async () => {
  const choice = { provider: 'gemini' as const, model: DEFAULT_MODELS.gemini.model };
  const prompt = { system: 'x'.repeat(20_000), messages: [], tools: [] };
  const oneCall = Number(worstCaseCost(choice, estimateInputTokens(prompt), MAX_OUTPUT_TOKENS, new Date()));
  const seen: number[] = [];
  // Each answer is as long as it may be, so its cost is what was set aside for it.
  const paid = (line: { text: string; toolCalls?: ReturnType<typeof call>[] }) => async (request: ScriptedRequest) => {
    const [sum] = await bench.asOwner<{ sum: number }>(
      `select (s.cost + s.cost_unknown + coalesce((select sum(r.amount) from call_reservations r where r.run_id = s.id), 0))::float8
        as sum from sessions s where s.kind = 'agent'`,
    );
    seen.push(sum?.sum ?? 0);
    return { ...line, usage: { input: 2_000, output: longest(request) } };
  };
  const parts = Array.from({ length: MOST_AGENTS - 1 }, (_, index) => `part ${index}`);
  // Nobody ends the run before all agents are there.
  const all = () =>
    waitFor('all agents', async () => (await bench.asOwner('select 1 from agents')).length === MOST_AGENTS);
  const look = paid({ text: '', toolCalls: [call('calculator', { expression: '1 + 1' })] });
  const works = [(request: ScriptedRequest) => all().then(() => look(request)), paid({ text: 'Done.' })];
  bench.script({
    lead: [paid(spawns(...parts)), paid(waits()), paid({ text: 'All done.' })],
    ...Object.fromEntries(parts.map((task) => [task, works])),
  });
  const budget = Math.ceil(oneCall * 8 * 1e6) / 1e6;
  const tree = await bench.treeEnded(await bench.spawn('lead', { budget_usd: budget }));
  expect(tree.tree).toHaveLength(MOST_AGENTS);
  expect(tree).toMatchObject({ agent: { status: expect.stringMatching(/cost_exceeded|cancelled/) } });
  // Several agents worked at once, and the money was nearly used up.
  expect(new Set(bench.team.of('agent').map(({ request }) => taskOf(request))).size).toBeGreaterThan(3);
  expect(Math.max(...seen)).toBeLessThanOrEqual(budget);
  expect(Number(tree.spent_usd)).toBeLessThanOrEqual(budget);
  expect(Number(tree.spent_usd)).toBeGreaterThan(budget - oneCall);
  expect((await bench.run(tree.agent.run_id)).status).toBe('cost_exceeded');
});

it('two agents that spawn at the same time do not exceed the number of agents of the tree', async () => {
  const both = gate();
  let asked = 0;
  const many = async () => {
    asked += 1;
    if (asked === 2) both.open();
    await both.opened;
    return spawns(...Array.from({ length: 15 }, (_, index) => `leaf ${index}`));
  };
  bench.script({
    lead: [spawns('one', 'two'), waits(), { text: 'Done.' }],
    one: [many, waits()],
    two: [many, waits()],
  });
  const tree = await bench.treeEnded(await bench.spawn('lead'));
  expect(tree.tree).toHaveLength(MOST_AGENTS);
  const outputs = bench.team
    .of('agent', 1)
    .filter(({ request }) => ['one', 'two'].includes(taskOf(request)))
    .flatMap(({ request }) => resultsOf(request));
  expect(outputs).toHaveLength(30);
  expect(outputs.filter((output) => output.startsWith('Spawned agent_'))).toHaveLength(MOST_AGENTS - 3);
  expect(
    outputs.filter((output) => /^The tree has 20 agents, .* Do the rest of the work yourself/.test(output)),
  ).toHaveLength(30 - (MOST_AGENTS - 3));
});

it('an agent at the deepest level has no tool to spawn another, and a call of it is answered', async () => {
  bench.script({
    lead: [spawns('first'), waits(), { text: 'Done.' }],
    first: [spawns('second'), waits(), { text: 'Done.' }],
    second: [spawns('third'), waits(), { text: 'Done.' }],
    third: [spawns('fourth'), { text: 'I did it myself.' }],
  });
  const tree = await bench.treeEnded(await bench.spawn('lead'));
  expect(tree.tree.map(({ node_id, depth }) => [node_id, depth])).toEqual([
    ['general', 0],
    ['general.1', 1],
    ['general.1.1', 2],
    ['general.1.1.1', 3],
  ]);
  expect(agentOf(tree, 'third').status).toBe('completed');
  const third = bench.team.of('agent', 1).find(({ request }) => taskOf(request) === 'third');
  expect(third?.request.tools.map(({ name }) => name)).not.toContain('spawn_agent');
  expect(third?.request.system).toContain('You cannot spawn agents: do the work yourself.');
  expect(third && resultsOf(third.request)).toEqual([
    expect.stringMatching(/^There is no tool spawn_agent\. Your tools/),
  ]);
});

it('an agent that waits gives its place to the agents that it waits for', async () => {
  const person = await bench.server.signUp();
  await bench.server.call('PATCH', '/api/v1/tenant', { token: person.token, body: { max_parallel_nodes: 1 } });
  bench.script({ lead: [spawns('one', 'two'), waits(), { text: 'Done.' }] });
  const id = await bench.spawn('lead', {}, person);
  const tree = await waitFor('the tree to end', async () => {
    const found = await bench.status(id, person);
    return found.agent.completed_at !== null && found;
  });
  expect(tree.tree.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
});
