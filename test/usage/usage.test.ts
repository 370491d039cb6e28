import { afterAll, expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '../../functions/platform/database/open.ts';
import { bookUsage } from '../../functions/usage/usage.ts';
import { createPerson, scopeOf } from '../entities/people.ts';

afterAll(closeDatabase);

test('a paid call is booked once per tenant, kind and reference, at its price', async () => {
  const database = await openDatabase();
  const person = await createPerson(database);
  const ledger = database.as(scopeOf(person));
  const paid = {
    tenantId: person.tenantId,
    userId: person.userId,
    kind: 'extraction',
    reference: 'run_1 attempt 1',
    choice: { provider: 'gemini', model: 'gemini-2.5-flash' },
    usage: { input_tokens: 1_000_000, output_tokens: 1_000_000, cached_tokens: 0 },
  } as const;
  expect(await bookUsage(ledger, paid)).toBe(true);
  expect(await bookUsage(ledger, { ...paid, usage: { ...paid.usage, input_tokens: 1 } })).toBe(false);
  expect(await bookUsage(ledger, { ...paid, kind: 'embedding' })).toBe(true);
  const rows = await ledger.query({
    name: 'test_ledger',
    text: 'select kind, input_tokens, cost::float8 as cost, run_id, node_id from usage_ledger order by id',
  });
  expect(rows).toEqual([
    { kind: 'extraction', input_tokens: 1_000_000, cost: 2.8, run_id: null, node_id: null },
    { kind: 'embedding', input_tokens: 1_000_000, cost: 2.8, run_id: null, node_id: null },
  ]);
});
