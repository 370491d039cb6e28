import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { environment } from '../../../functions/platform/environment.ts';
import { asOwner, type HeldQueue, holdQueue, openBench, type RunBench } from '../bench.ts';

/** The queue holds the tasks, so the runs stay queued. */
let bench: RunBench;
let queue: HeldQueue;
beforeAll(async () => {
  bench = await openBench();
});
beforeEach(async () => {
  queue = holdQueue();
  await asOwner('delete from sessions');
});
afterAll(() => bench.close());

const start = (body: unknown, headers: Record<string, string> = {}) =>
  bench.server.call('POST', '/api/v1/runs', { token: bench.person.token, body, headers });
const count = async () => (await asOwner('select id from sessions')).length;

it('answers 202 with the run; its first event and its first task are written with it', async () => {
  const { status, headers, body } = await start({ query: ' Why? ', budget_usd: 1.5, github_repo: 'octo-org/my.app' });
  expect(status).toBe(202);
  expect(headers.get('location')).toBe(`/api/v1/runs/${body.id}`);
  expect(body).toMatchObject({
    kind: 'run',
    status: 'queued',
    query: 'Why?',
    agent_type: null,
    budget_usd: '1.5',
    github_repo: 'octo-org/my.app',
  });
  expect(body.graph.nodes).toMatchObject([{ id: 'plan', worker: 'planner', status: 'pending' }]);
  expect((await bench.logs(body.id)).map(({ type }) => type)).toEqual(['run_started']);
  expect(queue.tasks).toMatchObject([{ step: 'runs-take-turn', payload: { run_id: body.id } }]);
});

it('starts the worker that agent_type names without a planner', async () => {
  const { body } = await start({ query: 'Why?', agent_type: 'formatter' });
  expect(body.graph.nodes).toMatchObject([{ id: 'answer', worker: 'formatter' }]);
});

it('starts a planner for agent_type planner', async () => {
  const { body } = await start({ query: 'Why?', agent_type: 'planner' });
  expect(body.graph.nodes).toMatchObject([{ id: 'plan', worker: 'planner' }]);
});

it('returns the first run for the same Idempotency-Key, and 422 for another body', async () => {
  const key = { 'idempotency-key': 'one-start' };
  const first = await start({ query: 'Why?' }, key);
  expect((await start({ query: 'Why?' }, key)).body.id).toBe(first.body.id);
  expect((await start({ query: 'How?' }, key)).status).toBe(422);
  expect(await count()).toBe(1);
  expect(queue.tasks).toHaveLength(1);
});

describe('allowed_hosts', () => {
  const body = { query: 'Why?', allowed_hosts: ['registry.npmjs.org'] };

  it('answers 403 for a host that the tenant does not allow', async () => {
    expect(await start(body)).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('does not allow the host registry.npmjs.org') },
    });
    expect(await count()).toBe(0);
  });

  it('accepts a host that matches a pattern of the tenant', async () => {
    const { token } = bench.person;
    await bench.server.call('PATCH', '/api/v1/tenant', { token, body: { allowed_hosts: ['*.npmjs.org'] } });
    expect(await start(body)).toMatchObject({ status: 202, body: { allowed_hosts: ['registry.npmjs.org'] } });
  });
});

it('answers 422 for what cannot be the name of an agent, without a pattern', async () => {
  const { status, body } = await start({ query: 'Why?', agent_type: 'Deep Thinker' });
  expect(status).toBe(422);
  expect(body.detail).toBe('body.agent_type: must be planner or the name of a worker, such as thinker');
});

it('answers 422 for an agent that a planner cannot use, and lists the agents', async () => {
  const { status, body } = await start({ query: 'Why?', agent_type: 'chef-plan' });
  expect(status).toBe(422);
  expect(body.detail).toContain('planner, backend, coder');
  expect(await count()).toBe(0);
});

it.each<[string, unknown]>([
  ['no query', {}],
  ['a blank query', { query: ' ' }],
  ['an unknown field', { query: 'x', task: 'x' }],
  ['a budget of zero', { query: 'x', budget_usd: 0 }],
  ['a repository without an owner', { query: 'x', github_repo: 'app' }],
])('answers 422 for %s and starts nothing', async (_, body) => {
  expect((await start(body)).status).toBe(422);
  expect(await count()).toBe(0);
});

it('answers 429 over the limit of concurrent runs', async () => {
  await asOwner('update tenants set max_concurrent_sprints = 1');
  expect((await start({ query: 'x' })).status).toBe(202);
  const rejected = await start({ query: 'x' });
  await asOwner('update tenants set max_concurrent_sprints = 100');
  expect(rejected).toMatchObject({
    status: 429,
    body: { detail: expect.stringContaining('limit of 1 concurrent runs') },
  });
  expect(Number(rejected.headers.get('retry-after'))).toBeGreaterThan(0);
});

it('answers 401 without a token and 403 for a viewer', async () => {
  expect((await bench.server.call('POST', '/api/v1/runs', { body: { query: 'x' } })).status).toBe(401);
  await asOwner(`update users set role = 'viewer' where id = $1`, [bench.person.userId]);
  const rejected = await start({ query: 'x' });
  await asOwner(`update users set role = 'admin' where id = $1`, [bench.person.userId]);
  expect(rejected.status).toBe(403);
});

it('answers 501 in the cloud when no model is configured', async () => {
  const key = environment.GEMINI_API_KEY;
  environment.GEMINI_API_KEY = undefined;
  environment.isCloud = true;
  const rejected = await start({ query: 'x' });
  environment.isCloud = false;
  environment.GEMINI_API_KEY = key;
  expect(rejected).toMatchObject({ status: 501, body: { detail: expect.stringContaining('No model is configured') } });
  expect(await count()).toBe(0);
});
