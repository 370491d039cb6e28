import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { getUsage } from '../../../functions/usage/endpoints/get-usage.ts';
import { Meter } from '../../../functions/usage/meter.ts';
import { createPerson, type Person, scopeOf } from '../../entities/people.ts';
import { asOwner } from '../../support/owner.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let ada: Person;
let bob: Person;
const choice = { provider: 'gemini', model: 'gemini-2.5-flash' } as const;
const today = new Date().toISOString().slice(0, 10);

beforeAll(async () => {
  server = await startServer([getUsage]);
  const database = await openDatabase();
  ada = await createPerson(database);
  bob = await createPerson(database, 'admin', ada.tenantId);
  for (const [person, count] of [
    [ada, 3],
    [bob, 2],
  ] as const) {
    const scoped = database.as(scopeOf(person));
    for (let number = 0; number < count; number += 1) {
      const purchase = { kind: 'turn', reference: `${person.userId} ${number}`, choice, worstCase: '0' } as const;
      const meter = new Meter({ scoped, ...scopeOf(person) }, purchase);
      await meter.begin();
      const usage = {
        input_tokens: 10,
        output_tokens: 3,
        cached_tokens: 1,
        ...(number === 0 ? { estimated: true as const } : {}),
      };
      await scoped.query(meter.answered(usage, { cost: '0.0000000001' }));
    }
  }
  await asOwner(
    `insert into usage_ledger (tenant_id, user_id, kind, reference, provider, model,
      input_tokens, output_tokens, cached_tokens, cost, created_at)
    values ($1, $2, 'embedding', 'old', 'gemini', 'gemini-embedding-001', 7, 0, 0, 1.5, '2026-01-31T23:59:59.999Z')`,
    [ada.tenantId, ada.userId],
  );
});
afterAll(() => server.close());

const get = (person: Person | undefined, search = '') =>
  server.call('GET', `/api/v1/user/usage${search}`, { token: person?.token });

test('200: returns the caller’s own usage by day, kind and model, exact to the last decimal', async () => {
  const { status, body } = await get(ada);
  expect([status, body.to]).toEqual([200, today]);
  expect(body.items).toEqual([
    {
      day: today,
      kind: 'turn',
      ...choice,
      calls: 3,
      input_tokens: 30,
      output_tokens: 9,
      cached_tokens: 3,
      estimated_calls: 1,
      cost_usd: '0.0000000003',
    },
  ]);
  expect((await get(bob)).body.items).toMatchObject([{ calls: 2, cost_usd: '0.0000000002' }]);
});

test('200: a span includes both of its days, in UTC', async () => {
  const january = await get(ada, '?from=2026-01-31&to=2026-01-31');
  expect(january.body).toMatchObject({
    from: '2026-01-31',
    to: '2026-01-31',
    items: [{ day: '2026-01-31', kind: 'embedding', calls: 1, cost_usd: '1.5' }],
  });
  expect((await get(ada, '?from=2026-02-01&to=2026-03-01')).body.items).toEqual([]);
});

test('401: rejects a call without a token', async () => {
  expect((await get(undefined)).status).toBe(401);
});

test('422: rejects a span of 93 days, a span that ends before it begins, an invalid date and an unknown field', async () => {
  for (const search of [
    '?from=2026-01-01&to=2026-04-03',
    '?from=2026-02-02&to=2026-02-01',
    '?from=yesterday',
    '?from=0000-01-01&to=0000-01-09',
    '?days=3',
  ])
    expect([search, (await get(ada, search)).status]).toEqual([search, 422]);
  expect((await get(ada, '?from=2026-01-01&to=2026-04-02')).status).toBe(200);
  expect((await get(ada, '?to=0001-01-09')).status).toBe(200);
});
