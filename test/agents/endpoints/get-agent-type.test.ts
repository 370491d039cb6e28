import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AgentBench, openAgents } from '../bench.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgents();
});
afterAll(() => bench.close());

it('shows a built-in type, a type of the tenant, and 404 for the type of another tenant', async () => {
  expect((await bench.get('/agents/types/coder')).body).toMatchObject({
    name: 'coder',
    instruction: expect.stringMatching(/^You are the coder agent\n/),
    tools: expect.arrayContaining(['write_file', 'spawn_agent']),
    is_builtin: true,
    updated_at: null,
  });
  const type = { name: 'own', description: 'Own', instruction: 'Be.', tools: [], turns: 3, model: 'gemini/one' };
  await bench.post('/agents/types', type);
  expect((await bench.get('/agents/types/own')).body).toMatchObject({ ...type, is_builtin: false });
  expect((await bench.get('/agents/types/own', await bench.server.signUp())).status).toBe(404);
});
