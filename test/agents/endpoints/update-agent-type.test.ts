import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AgentBench, openAgents } from '../bench.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgents();
});
afterAll(() => bench.close());

const patch = (name: string, body: unknown) =>
  bench.server.call('PATCH', `/api/v1/agents/types/${name}`, { token: bench.person.token, body });

it('changes what is given; an agent that exists keeps what it was spawned with', async () => {
  const type = { name: 'checker', description: 'Checks', instruction: 'Check.', tools: ['calculator'], turns: 5 };
  await bench.post('/agents/types', { ...type, model: 'gemini/one' });
  const id = await bench.spawn('check', { agent_type: 'checker' });
  expect(await patch('checker', { tools: ['web_search'], model: null })).toMatchObject({
    status: 200,
    body: { ...type, tools: ['web_search'], model: null, is_builtin: false },
  });
  await bench.treeEnded(id);
  expect(await bench.asOwner('select tools, turns from agents where id = $1', [id])).toEqual([
    { tools: ['calculator'], turns: 5 },
  ]);
  expect(await bench.asOwner(`select action from audit_log where resource = 'checker' order by id`)).toEqual([
    { action: 'agents-create-agent-type' },
    { action: 'agents-update-agent-type' },
  ]);
});

it('answers 404 for an unknown type, 409 for a built-in one, 422 for an empty change, a tool and a model that cannot be', async () => {
  expect((await patch('nobody', { turns: 3 })).status).toBe(404);
  expect((await patch('coder', { turns: 3 })).status).toBe(409);
  expect((await patch('checker', {})).status).toBe(422);
  expect((await patch('checker', { tools: ['deploy_project'] })).status).toBe(422);
  expect(await patch('checker', { model: 'openai/x' })).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'body.model', message: expect.stringContaining('set OPENAI_API_KEY') }] },
  });
});
