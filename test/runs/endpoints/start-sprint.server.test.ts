import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { environment } from '../../../functions/platform/environment.ts';
import type { Person } from '../../support/server.ts';
import { asOwner, type HeldQueue, holdQueue, oneTo, openBench, type RunBench } from '../bench.ts';

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

it('accepts exactly 10 of 200 concurrent starts when the limit is 10', async () => {
  await limit(10);
  const answers = await Promise.all(oneTo(200).map(() => start({ task: 'x' })));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 202)).toHaveLength(10);
  expect(statuses.filter((status) => status === 429)).toHaveLength(190);
  expect(await runs()).toHaveLength(10);
  expect(queue.tasks).toHaveLength(10);
});

it('starts one sprint for twenty concurrent calls with the same key; the others get it, or 409 while the first call runs', async () => {
  const answers = await Promise.all(
    oneTo(20).map(() => start({ task: 'x' }, { 'idempotency-key': 'the-key-of-this-start' })),
  );
  const [only] = await runs();
  expect(await runs()).toHaveLength(1);
  for (const { status, body } of answers) {
    expect([202, 409]).toContain(status);
    if (status === 202) expect(body.id).toBe(only);
  }
  expect(answers.some(({ status }) => status === 202)).toBe(true);
  expect(queue.tasks).toHaveLength(1);
});
