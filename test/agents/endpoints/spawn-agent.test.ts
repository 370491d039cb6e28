import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type HeldQueue, holdQueue } from '../../runs/bench.ts';
import { type AgentBench, openAgents } from '../bench.ts';

/** The queue holds the tasks, so the agents stay pending. */
let bench: AgentBench;
let queue: HeldQueue;
beforeAll(async () => {
  bench = await openAgents();
});
beforeEach(() => {
  queue = holdQueue();
});
afterAll(() => bench.close());

const spawn = (body: unknown, headers: Record<string, string> = {}) =>
  bench.server.call('POST', '/api/v1/agents/spawn', { token: bench.person.token, body, headers });

it('answers 202 with the root of a new tree; its first task is written with it', async () => {
  const { status, headers, body } = await spawn({ task: ' Why? ', budget_usd: 1.5 });
  expect(status).toBe(202);
  expect(headers.get('location')).toBe(`/api/v1/agents/${body.id}/status`);
  expect(body).toMatchObject({
    root_id: body.id,
    parent_id: null,
    depth: 0,
    agent_type: 'general',
    task: 'Why?',
    status: 'pending',
    model: expect.stringMatching(/^gemini\//),
    turns: 0,
    cost_usd: '0',
    children: 0,
    activity: null,
    completed_at: null,
  });
  expect(queue.tasks).toMatchObject([{ step: 'agents-take-agent-turn', payload: { run_id: body.run_id } }]);
  expect(await bench.run(body.run_id)).toMatchObject({ kind: 'agent', budget_usd: '1.5', query: 'Why?' });
  const { body: runs } = await bench.get('/runs');
  expect(runs.items).toEqual([]);
});

it('returns the first agent for the same Idempotency-Key, and 422 for another body', async () => {
  const key = { 'idempotency-key': 'one-spawn' };
  const first = await spawn({ task: 'Why?' }, key);
  expect((await spawn({ task: 'Why?' }, key)).body.id).toBe(first.body.id);
  expect((await spawn({ task: 'How?' }, key)).status).toBe(422);
  expect(queue.tasks).toHaveLength(1);
});

it('takes the model of the request, else of the type, else of the tenant', async () => {
  const { token } = bench.person;
  const type = { name: 'careful', description: 'Is careful', instruction: 'Be careful.', model: 'gemini/of-the-type' };
  expect((await bench.post('/agents/types', type)).status).toBe(201);
  const body = { worker_config: { default: { provider: 'gemini', model: 'of-the-tenant' } } };
  await bench.server.call('PATCH', '/api/v1/tenant', { token, body });
  const modelOf = async (wanted: object) => (await spawn({ task: 'Why?', ...wanted })).body.model;
  expect(await modelOf({})).toBe('gemini/of-the-tenant');
  expect(await modelOf({ agent_type: 'careful' })).toBe('gemini/of-the-type');
  expect(await modelOf({ agent_type: 'careful', model: 'gemini/of-the-request' })).toBe('gemini/of-the-request');
});

it.each([
  [{ task: 'Why?', agent_type: 'plumber' }, 'body.agent_type', 'There is no type plumber.'],
  [{ task: 'Why?', tools: ['deploy_project'] }, 'body.tools', 'The type general has no tool deploy_project; it has'],
])('answers 422 for %o', async (body, path, detail) => {
  const answer = await spawn(body);
  expect(answer).toMatchObject({
    status: 422,
    body: { detail: expect.stringContaining(detail), errors: [{ path }] },
  });
  expect(queue.tasks).toEqual([]);
});

it('answers 422 at once for a model whose provider has no key, of the request or of the tenant', async () => {
  const other = await bench.server.signUp();
  const spawnOther = (body: object) => bench.post('/agents/spawn', { task: 'Why?', ...body }, other);
  const refused = {
    status: 422,
    body: {
      detail:
        'claude/x cannot be used. Claude has no key: set ANTHROPIC_API_KEY in the environment of the server, or choose another model.',
      errors: [{ path: 'body.model' }],
    },
  };
  expect(await spawnOther({ model: 'claude/x' })).toMatchObject(refused);
  const body = { worker_config: { default: { provider: 'claude', model: 'x' } } };
  await bench.server.call('PATCH', '/api/v1/tenant', { token: other.token, body });
  expect(await spawnOther({})).toMatchObject(refused);
  expect((await spawnOther({ model: 'gemini/y' })).status).toBe(202);
});
