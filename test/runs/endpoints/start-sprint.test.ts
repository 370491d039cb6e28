import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { environment } from '../../../functions/platform/environment.ts';
import type { Person } from '../../support/server.ts';
import { asOwner, type HeldQueue, holdQueue, openBench, type RunBench } from '../bench.ts';

/** The queue holds the tasks, so the sprints stay queued. */
let bench: RunBench;
let queue: HeldQueue;
let person: Person;
beforeAll(async () => {
  environment.DB_POOL_MAX = 20;
  bench = await openBench();
  person = bench.person;
});
beforeEach(async () => {
  queue = holdQueue();
  await asOwner('delete from sessions');
  await asOwner('delete from idempotency_keys');
  await asOwner(`update users set role = 'admin' where id = $1`, [person.userId]);
  await limit(1_000);
});
afterAll(() => bench.close());

const limit = (sprints: number) =>
  asOwner('update tenants set max_concurrent_sprints = $2 where id = $1', [person.tenantId, sprints]);
const start = (body: unknown, headers: Record<string, string> = {}) =>
  bench.server.call('POST', '/api/v1/sprints', { token: person.token, body, headers });
const runs = async () =>
  (await asOwner<{ id: string }>('select id from sessions where tenant_id = $1', [person.tenantId])).map(
    ({ id }) => id,
  );

describe('POST /sprints', () => {
  it('answers 202 with the sprint; its nodes, its first event and its first task are written with it', async () => {
    const answer = await start({
      task: '  Build it  ',
      team: ['frontend'],
      budget_usd: 1.5,
      github_repo: 'octo-org/my.app',
    });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/api/v1/sprints/${answer.body.id}`);
    expect(answer.body).toMatchObject({
      status: 'queued',
      task: 'Build it',
      team: ['frontend'],
      budget_usd: '1.5',
      github_repo: 'octo-org/my.app',
      cost_usd: '0',
      result: null,
      started_at: null,
    });
    expect(answer.body.workers.map((worker: { name: string; status: string }) => [worker.name, worker.status])).toEqual(
      [
        ['plan', 'pending'],
        ['frontend', 'pending'],
        ['summary', 'pending'],
      ],
    );
    expect((await bench.logs(answer.body.id, person)).map(({ type }) => type)).toEqual(['run_started']);
    expect(queue.tasks).toMatchObject([{ step: 'runs-take-turn', payload: { run_id: answer.body.id } }]);
    expect(await bench.sprint(answer.body.id, person)).toEqual(answer.body);
  });

  it('uses the whole team when no team is named', async () => {
    expect((await start({ task: 'Build it' })).body.team).toEqual(['backend', 'frontend', 'devops']);
  });

  it.each<[string, unknown]>([
    ['an unknown field', { task: 'x', colour: 'red' }],
    ['no task', {}],
    ['an empty task', { task: '' }],
    ['a blank task', { task: ' \n ' }],
    ['a task of another type', { task: 5 }],
    ['a task too long', { task: 'x'.repeat(20_001) }],
    ['a NUL character', { task: 'x\u0000y' }],
    ['an unknown worker', { task: 'x', team: ['chef'] }],
    ['an empty team', { task: 'x', team: [] }],
    ['a worker twice', { task: 'x', team: ['backend', 'backend'] }],
    ['a repository without an owner', { task: 'x', github_repo: 'app' }],
    ['a repository with a path', { task: 'x', github_repo: 'a/../b' }],
    ['a repository by address', { task: 'x', github_repo: 'https://github.com/a/b' }],
    ['a budget of zero', { task: 'x', budget_usd: 0 }],
    ['a negative budget', { task: 'x', budget_usd: -1 }],
    ['a budget with seven decimals', { task: 'x', budget_usd: 0.0000001 }],
    ['a budget as text', { task: 'x', budget_usd: '1' }],
  ])('answers 422 for %s and starts nothing', async (_, body) => {
    const answer = await start(body);
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await runs()).toEqual([]);
    expect(queue.tasks).toEqual([]);
  });

  it('answers 401 without a token, 403 for a viewer, 400 for invalid JSON', async () => {
    expect((await bench.server.call('POST', '/api/v1/sprints', { body: { task: 'x' } })).status).toBe(401);
    expect((await start('{"task": ')).status).toBe(400);
    await asOwner(`update users set role = 'viewer' where id = $1`, [person.userId]);
    expect((await start({ task: 'x' })).status).toBe(403);
    expect((await bench.server.call('GET', '/api/v1/sprints', { token: person.token })).status).toBe(200);
    expect(await runs()).toEqual([]);
  });

  it('answers 429 over the limit of concurrent runs, and 202 again when one has ended', async () => {
    await limit(2);
    const first = await start({ task: 'x' });
    await start({ task: 'x' });
    const refused = await start({ task: 'x' });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await bench.server.call('POST', `/api/v1/sprints/${first.body.id}/cancel`, { token: person.token });
    expect((await start({ task: 'x' })).status).toBe(202);
    // Another tenant has its own limit.
    const other = await bench.server.signUp();
    expect(
      (await bench.server.call('POST', '/api/v1/sprints', { token: other.token, body: { task: 'x' } })).status,
    ).toBe(202);
  });
});

describe('Idempotency-Key', () => {
  const key = { 'idempotency-key': 'the-key-of-this-start' };

  it('returns the first sprint for the same key and body', async () => {
    const first = await start({ task: 'x', team: ['backend'] }, key);
    const again = await start({ team: ['backend'], task: 'x' }, key);
    expect(again).toMatchObject({ status: 202, body: { id: first.body.id } });
    expect(await runs()).toEqual([first.body.id]);
    expect(queue.tasks).toHaveLength(1);
  });

  it('answers 422 for the same key with another body; the key of another user is independent', async () => {
    const first = await start({ task: 'x' }, key);
    expect((await start({ task: 'y' }, key)).status).toBe(422);
    const other = await bench.server.signUp();
    const theirs = await bench.server.call('POST', '/api/v1/sprints', {
      token: other.token,
      body: { task: 'x' },
      headers: key,
    });
    expect(theirs.status).toBe(202);
    expect(theirs.body.id).not.toBe(first.body.id);
  });

  it('does not store the key of a rejected start', async () => {
    await limit(1);
    await start({ task: 'x' });
    expect((await start({ task: 'x' }, key)).status).toBe(429);
    await limit(2);
    expect((await start({ task: 'x' }, key)).status).toBe(202);
  });
});
