import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type AgentBench, agentOf, asked, asleep, gate, openAgents, spawns, waits } from '../bench.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgents();
});
afterAll(() => bench.close());

it('shows the whole tree with live states, the last event of each agent and what the tree costs', async () => {
  const end = gate();
  bench.script({
    lead: [spawns('part'), waits(), { text: 'Done.' }],
    part: [() => end.opened.then(() => ({ text: 'part is done' }))],
  });
  const id = await bench.spawn('lead', { budget_usd: 1 });
  await asleep(bench, 'lead');
  await asked(bench, 'part');
  const tree = await bench.status(id);
  expect(tree).toMatchObject({
    budget_usd: '1',
    agent: { id, status: 'running', turns: 2, activity: 'wait_for_agents', children: 1 },
    tree: [{ id }, { task: 'part', parent_id: id, root_id: id, status: 'running', activity: /^general\.1 starts/ }].map(
      ({ activity, ...rest }: { activity?: RegExp }) => ({
        ...rest,
        ...(activity ? { activity: expect.stringMatching(activity) } : {}),
      }),
    ),
  });
  const part = agentOf(tree, 'part');
  expect((await bench.get(`/agents/${part.id}/status`)).body).toMatchObject({
    agent: { id: part.id },
    tree: [{ id }, {}],
  });
  end.open();
  const ended = await bench.treeEnded(id);
  const costs = ended.tree.map(({ cost_usd }) => Number(cost_usd));
  expect(ended.agent).toMatchObject({ status: 'completed', activity: 'general is done', error: null });
  expect(Math.min(...costs)).toBeGreaterThan(0);
  expect(Number(ended.spent_usd)).toBeGreaterThanOrEqual(costs.reduce((sum, cost) => sum + cost, 0));
});

it('answers 404 for an unknown agent and for an agent of another tenant', async () => {
  expect((await bench.get(`/agents/${createId('agent')}/status`)).status).toBe(404);
  const stranger = await bench.server.signUp();
  expect((await bench.get(`/agents/${await bench.spawn('lead')}/status`, stranger)).status).toBe(404);
});
