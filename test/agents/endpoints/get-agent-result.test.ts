import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { type AgentBench, gate, openAgents } from '../bench.ts';

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

it('answers 404 for an unknown agent', async () => {
  expect((await bench.get(`/agents/${createId('agent')}/result`)).status).toBe(404);
});
