import { afterAll, beforeAll, expect, it } from 'vitest';
import { asOwner, deliverAll, holdQueue, openBench, type RunBench } from '../bench.ts';

const FAILS = { failure: { status: 400, message: 'the account is closed', code: 'INVALID_ARGUMENT' } };

let bench: RunBench;
const failed: string[] = [];
beforeAll(async () => {
  bench = await openBench();
  bench.team.perform({ formatter: [FAILS] });
  for (let count = 0; count < 3; count += 1) {
    const id = await bench.startRun({ agent_type: 'formatter' });
    expect(await bench.runEnded(id)).toMatchObject({ status: 'failed' });
    failed.push(id);
  }
});
afterAll(() => bench.close());

const replay = (body: unknown, headers: Record<string, string> = {}, token = bench.person.token) =>
  bench.server.call('POST', '/api/v1/runs/replay', { token, body, headers });

it('answers 422 for a status that cannot be replayed', async () => {
  expect((await replay({ status: ['running'] })).status).toBe(422);
  expect((await replay({ created_after: '2026-01-01T00:00:00+16:00' })).status).toBe(422);
});

it('answers 401 without a token and 403 for a viewer', async () => {
  expect((await bench.server.call('POST', '/api/v1/runs/replay', { body: {} })).status).toBe(401);
  await asOwner(`update users set role = 'viewer' where id = $1`, [bench.person.userId]);
  const rejected = await replay({});
  await asOwner(`update users set role = 'admin' where id = $1`, [bench.person.userId]);
  expect(rejected.status).toBe(403);
});

it('answers 202 with no replay when no run matches, and to another tenant', async () => {
  const nothing = { status: 202, body: { replays: [], more: false } };
  expect(await replay({ error_contains: 'no such error' })).toMatchObject(nothing);
  expect(await replay({ kind: 'sprint' })).toMatchObject(nothing);
  expect(await replay({ created_before: '2020-01-01T00:00:00Z' })).toMatchObject(nothing);
  expect(await replay({}, {}, (await bench.server.signUp()).token)).toMatchObject(nothing);
});

it('answers 202 and replays each matching run once; the replays take turns in the slots of the tenant', async () => {
  const { token } = bench.person;
  await bench.server.call('PATCH', '/api/v1/tenant', { token, body: { max_concurrent_sprints: 1 } });
  const queue = holdQueue();
  bench.team.perform({ formatter: [{ text: 'done' }] });
  const filter = { error_contains: 'ANSWER:', limit: 2 };
  const first = await replay(filter, { 'idempotency-key': 'first' });
  expect(first).toMatchObject({ status: 202, body: { more: true } });
  expect(first.body.replays.map((one: { replay_of: string }) => one.replay_of)).toEqual(failed.slice(0, 2));
  expect((await replay(filter, { 'idempotency-key': 'first' })).body).toEqual(first.body);
  const second = await replay(filter);
  expect(second.body).toMatchObject({ replays: [{ replay_of: failed[2] }], more: false });
  expect((await replay(filter)).body).toEqual({ replays: [], more: false });
  const ids = [...first.body.replays, ...second.body.replays].map(({ id }) => id);
  await deliverAll(bench, queue, async (task) => {
    await bench.server.invoke(task.step, task.payload);
    const [row] = await asOwner<{ admitted: number }>(
      'select count(*) as admitted from sessions where admitted_at is not null and completed_at is null',
    );
    expect(row?.admitted).toBeLessThanOrEqual(1);
  });
  for (const id of ids) expect(await bench.run(id)).toMatchObject({ status: 'completed', result: 'done' });
  // The slot is free again for a new run.
  expect((await bench.server.call('POST', '/api/v1/runs', { token, body: { query: 'x' } })).status).toBe(202);
});

it('replays runs again that were already replayed, when again is set', async () => {
  holdQueue();
  const { body } = await replay({ again: true, limit: 1 });
  expect(body).toMatchObject({ replays: [{ replay_of: failed[0] }], more: true });
});
