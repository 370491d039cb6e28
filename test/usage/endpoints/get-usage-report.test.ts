import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { getUsageReport } from '../../../functions/usage/endpoints/get-usage-report.ts';
import { createPerson, type Person } from '../../entities/people.ts';
import { asOwner } from '../../support/owner.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let ada: Person;
let bob: Person;

beforeAll(async () => {
  server = await startServer([getUsageReport]);
  const database = await openDatabase();
  ada = await createPerson(database);
  bob = await createPerson(database, 'member', ada.tenantId);
});
afterAll(() => server.close());

const get = (person: Person | undefined, search = '') =>
  server.call('GET', `/api/v1/usage${search}`, { token: person?.token });

/** Books a call. */
const book = (person: Person, line: { at?: string; kind?: string; model?: string; cost?: string; nodeId?: string }) =>
  asOwner(
    `insert into usage_ledger (tenant_id, user_id, node_id, kind, reference, provider, model, input_tokens, output_tokens, cached_tokens, cost, created_at)
      values ($1, $2, $3, $4, $5, 'gemini', $6, 10, 3, 1, $7, coalesce($8::timestamptz, now()))`,
    [
      person.tenantId,
      person.userId,
      line.nodeId ?? null,
      line.kind ?? 'turn',
      createId('ref'),
      line.model ?? 'flash',
      line.cost ?? '0.0000000001',
      line.at ?? null,
    ],
  );

/** Inserts a run with one node and returns the id of the node. */
async function insertRun(person: Person, run: { status: string; created: string; seconds?: number; worker?: string }) {
  const [id, node] = [createId('run'), createId('node')];
  await asOwner(
    `insert into sessions (id, tenant_id, user_id, query, status, created_at, started_at, completed_at)
      values ($1, $2, $3, 'A task', $4, $5, $5, $5::timestamptz + make_interval(secs => $6))`,
    [id, person.tenantId, person.userId, run.status, run.created, run.seconds ?? null],
  );
  await asOwner(
    `insert into run_nodes (id, tenant_id, run_id, name, worker, position, status) values ($1, $2, $3, 'n', $4, 0, 'completed')`,
    [node, person.tenantId, id, run.worker ?? 'backend'],
  );
  return { id, node };
}

test('200: a user without a call has sums of zero and no budget', async () => {
  const { status, body } = await get(await createPerson(await openDatabase(), 'viewer'));
  expect(status).toBe(200);
  const zero = { calls: 0, input_tokens: 0, output_tokens: 0, cached_tokens: 0, estimated_calls: 0, cost_usd: '0' };
  expect(body).toMatchObject({
    zone: 'UTC',
    scope: 'mine',
    total: zero,
    by_day: [],
    by_model: [],
    by_worker: [],
    by_kind: [],
    runs: { total: 0, success_rate: null, median_seconds: null, p95_seconds: null },
    stuck: [],
    today: { budget_usd: null, spent_usd: '0', lost_usd: '0', reserved_usd: '0' },
  });
});

test('200: sums by day of the zone, model, worker and kind, exact; an admin reads the whole tenant', async () => {
  const { node } = await insertRun(ada, { status: 'completed', created: '2026-03-02T00:30:00Z', seconds: 10 });
  await book(ada, { at: '2026-03-01T23:30:00Z', nodeId: node });
  await book(ada, { at: '2026-03-02T00:30:00Z', nodeId: node, model: 'pro', cost: '2' });
  await book(ada, { at: '2026-03-02T23:30:00Z', kind: 'embedding', cost: '0.5' });
  await book(bob, { at: '2026-03-02T12:00:00Z', cost: '1' });
  const march = '?from=2026-03-01&to=2026-03-02';
  const { body } = await get(ada, march);
  expect(body.total).toEqual({
    calls: 3,
    input_tokens: 30,
    output_tokens: 9,
    cached_tokens: 3,
    estimated_calls: 0,
    cost_usd: '2.5000000001',
  });
  expect(body.by_day).toMatchObject([
    { day: '2026-03-02', calls: 2, cost_usd: '2.5' },
    { day: '2026-03-01', calls: 1, cost_usd: '0.0000000001' },
  ]);
  expect(body.by_model).toMatchObject([
    { provider: 'gemini', model: 'pro', cost_usd: '2' },
    { provider: 'gemini', model: 'flash', calls: 2 },
  ]);
  expect(body.by_worker).toMatchObject([
    { worker: 'backend', calls: 2 },
    { worker: null, cost_usd: '0.5' },
  ]);
  expect(body.by_kind).toMatchObject([
    { kind: 'turn', calls: 2 },
    { kind: 'embedding', calls: 1 },
  ]);
  expect(body.by_part).toEqual([]);
  const partsOf = async (split: string) =>
    (await get(ada, `${march}&split=${split}`)).body.by_part.map((part: Record<string, unknown>) => [
      part.day,
      part.part,
      part.cost_usd,
    ]);
  expect(await partsOf('kind')).toEqual([
    ['2026-03-02', 'turn', '2'],
    ['2026-03-02', 'embedding', '0.5'],
    ['2026-03-01', 'turn', '0.0000000001'],
  ]);
  expect(await partsOf('model')).toEqual([
    ['2026-03-02', 'gemini/pro', '2'],
    ['2026-03-02', 'gemini/flash', '0.5'],
    ['2026-03-01', 'gemini/flash', '0.0000000001'],
  ]);
  expect(await partsOf('worker')).toEqual([
    ['2026-03-02', 'backend', '2'],
    ['2026-03-02', null, '0.5'],
    ['2026-03-01', 'backend', '0.0000000001'],
  ]);
  const athens = (await get(ada, `${march}&zone=Europe/Athens`)).body;
  expect(athens.by_day).toMatchObject([{ day: '2026-03-02', calls: 2, cost_usd: '2.0000000001' }]);
  const tenant = (await get(ada, `${march}&scope=tenant`)).body;
  expect(tenant).toMatchObject({ scope: 'tenant', total: { calls: 4, cost_usd: '3.5000000001' } });
  expect((await get(bob, march)).body.total).toMatchObject({ calls: 1, cost_usd: '1' });
});

test('200: counts runs by outcome, with durations of completed ones, and lists runs that are stuck', async () => {
  const at = '2026-04-04T12:00:00Z';
  for (const seconds of [10, 20, 30]) await insertRun(bob, { status: 'completed', created: at, seconds });
  for (const status of ['failed', 'cancelled', 'cost_exceeded', 'waiting_input'])
    await insertRun(bob, { status, created: at });
  const stuck = await insertRun(bob, { status: 'running', created: at });
  const atWork = await insertRun(bob, { status: 'running', created: at });
  await asOwner(`update run_nodes set status = 'running', lease_until = now() + interval '1 minute' where id = $1`, [
    atWork.node,
  ]);
  const { body } = await get(bob, '?from=2026-04-04&to=2026-04-04');
  expect(body.runs).toEqual({
    total: 9,
    completed: 3,
    failed: 1,
    cancelled: 1,
    cost_exceeded: 1,
    active: 3,
    success_rate: 0.6,
    median_seconds: 20,
    p95_seconds: 29,
  });
  expect(body.stuck).toMatchObject([{ id: stuck.id, title: 'A task' }]);
  expect((await get(ada)).body.stuck).toEqual([]);
  expect((await get(ada, '?scope=tenant')).body.stuck).toMatchObject([{ id: stuck.id }]);
});

test('200: shows what is spent, lost and reserved of the budget of the day', async () => {
  const carol = await createPerson(await openDatabase());
  await asOwner('update tenants set budget_usd_per_day = 5 where id = $1', [carol.tenantId]);
  await book(carol, { cost: '1.25' });
  for (const [reference, amount, lost] of [
    ['open', '0.5', false],
    ['lost', '0.25', true],
  ])
    await asOwner(
      `insert into call_reservations (tenant_id, reference, amount, expires_at, written_off_at)
        values ($1, $2, $3, now() + interval '1 minute', case when $4::boolean then now() end)`,
      [carol.tenantId, reference, amount, lost],
    );
  expect((await get(carol)).body.today).toEqual({
    day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    ends_at: expect.stringMatching(/T00:00:00Z$/),
    budget_usd: '5',
    spent_usd: '1.25',
    lost_usd: '0.25',
    reserved_usd: '0.5',
  });
});

test('401 without a token, 403 for a member who asks for the tenant', async () => {
  expect((await get(undefined)).status).toBe(401);
  expect((await get(bob, '?scope=tenant')).status).toBe(403);
});

test('422: rejects a span of 93 days, a span that ends before it begins, an unknown zone and an unknown scope', async () => {
  for (const search of [
    '?from=2026-01-01&to=2026-04-03',
    '?from=2026-02-02&to=2026-02-01',
    '?zone=Mars/North',
    '?scope=all',
    '?days=3',
  ])
    expect([search, (await get(ada, search)).status]).toEqual([search, 422]);
});
