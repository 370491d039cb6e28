import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { getUsage } from '../../functions/usage/endpoints/get-usage.ts';
import { bookUsage } from '../../functions/usage/usage.ts';
import { createPerson, type Person, scopeOf } from '../entities/people.ts';
import { asOwner } from '../runs/bench.ts';
import { startServer, type TestServer } from '../support/server.ts';

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
  ] as const)
    for (let number = 0; number < count; number += 1)
      await bookUsage(database.as(scopeOf(person)), {
        ...scopeOf(person),
        kind: 'turn',
        reference: `${person.userId} ${number}`,
        choice,
        usage: { input_tokens: 10, output_tokens: 3, cached_tokens: 1 },
        cost: '0.0000000001',
      });
  await asOwner(
    `insert into usage_ledger (tenant_id, user_id, kind, reference, provider, model, input_tokens, output_tokens, cached_tokens, cost, created_at)
    values ($1, $2, 'embedding', 'old', 'gemini', 'gemini-embedding-001', 7, 0, 0, 1.5, '2026-01-31T23:59:59.999Z')`,
    [ada.tenantId, ada.userId],
  );
});
afterAll(() => server.close());

const get = (person: Person | undefined, search = '') =>
  server.call('GET', `/api/v1/user/usage${search}`, person === undefined ? {} : { token: person.token });

test('200 with what the caller himself used, by day, kind and model, exact to the last decimal', async () => {
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
      cost_usd: '0.0000000003',
    },
  ]);
  expect((await get(bob)).body.items).toMatchObject([{ calls: 2, cost_usd: '0.0000000002' }]);
});

test('200 for a span of days, which are UTC and both belong to it', async () => {
  const january = await get(ada, '?from=2026-01-31&to=2026-01-31');
  expect(january.body).toMatchObject({
    from: '2026-01-31',
    to: '2026-01-31',
    items: [{ day: '2026-01-31', kind: 'embedding', calls: 1, cost_usd: '1.5' }],
  });
  expect((await get(ada, '?from=2026-02-01&to=2026-03-01')).body.items).toEqual([]);
});

test('422 for a span that is too long, ends before it begins, or is none; 401 without a token', async () => {
  for (const search of [
    '?from=2026-01-01&to=2026-04-03',
    '?from=2026-02-02&to=2026-02-01',
    '?from=yesterday',
    '?days=3',
  ])
    expect([search, (await get(ada, search)).status]).toEqual([search, 422]);
  expect((await get(ada, '?from=2026-01-01&to=2026-04-02')).status).toBe(200);
  expect((await get(undefined)).status).toBe(401);
});
