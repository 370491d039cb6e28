import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type AgentBench, agentOf, gate, openAgents, spawns, waits } from '../bench.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgents();
});
afterAll(() => bench.close());

const resultOf = async (id: string) => (await bench.get(`/agents/${id}/result`)).body;

it('returns null before the end, then the answer, or the error', async () => {
  const end = gate();
  bench.script({
    lead: [() => end.opened.then(() => ({ text: 'It is 42.' }))],
    bad: [{ text: 'No.', finish: 'refused' }],
  });
  const id = await bench.spawn('lead');
  expect(await resultOf(id)).toMatchObject({ id, result: null, error: null });
  end.open();
  await bench.treeEnded(id);
  expect(await resultOf(id)).toEqual({ id, status: 'completed', result: 'It is 42.', error: null });
  const bad = await bench.spawn('bad');
  await bench.treeEnded(bad);
  expect(await resultOf(bad)).toMatchObject({ status: 'failed', result: null, error: expect.any(String) });
});

it('returns why a tree ended that has used up its budget, also when it has just spawned agents', async () => {
  bench.script({ lead: [{ ...spawns('part'), usage: { input: 2_000, output: 20_000 } }, waits()] });
  const id = await bench.spawn('lead', { budget_usd: 0.06 });
  const tree = await bench.treeEnded(id);
  expect(agentOf(tree, 'part').status).toMatch(/cost_exceeded|cancelled/);
  expect(await resultOf(id)).toMatchObject({ status: expect.stringMatching(/cost_exceeded|cancelled/), result: null });
  const run = await bench.run(tree.agent.run_id);
  expect(run).toMatchObject({
    status: 'cost_exceeded',
    error: expect.stringContaining('does not cover the next call'),
  });
});

it('answers 404 for an unknown agent', async () => {
  expect((await bench.get(`/agents/${createId('agent')}/result`)).status).toBe(404);
});
