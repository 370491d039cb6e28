import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AgentBench, gate, openAgents } from '../bench.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgents();
});
afterAll(() => bench.close());

const remove = (name: string) =>
  bench.server.call('DELETE', `/api/v1/agents/types/${name}`, { token: bench.person.token });

it('answers 204; an agent of the type works on, and no other is spawned', async () => {
  const end = gate();
  bench.script({ check: [() => end.opened.then(() => ({ text: 'Checked.' }))] });
  await bench.post('/agents/types', { name: 'checker', description: 'Checks', instruction: 'Check.' });
  const id = await bench.spawn('check', { agent_type: 'checker' });
  expect((await remove('checker')).status).toBe(204);
  expect((await bench.get('/agents/types/checker')).status).toBe(404);
  expect((await bench.post('/agents/spawn', { task: 'check', agent_type: 'checker' })).status).toBe(422);
  end.open();
  expect((await bench.treeEnded(id)).agent.status).toBe('completed');
});

it('answers 404 for an unknown type and 409 for a built-in one', async () => {
  expect((await remove('checker')).status).toBe(404);
  expect((await remove('coder')).status).toBe(409);
});
