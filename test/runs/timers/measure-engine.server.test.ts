import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { openBench, type RunBench, waitFor } from '../bench.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

it('reports the age of the longest open transaction of any session', async () => {
  const measure = async () => (await bench.server.invoke('runs-measure-engine')).body;
  const before = await measure();
  const { promise, resolve } = Promise.withResolvers<void>();
  const database = await openDatabase();
  const open = database.as({ kind: 'system' }).transaction(async (transaction) => {
    await transaction.query({ name: 'test_open', text: 'select 1' });
    await promise;
  });
  const seen = await waitFor('the transaction to be reported', async () => {
    const { longest_transaction_seconds: seconds } = await measure();
    return seconds > 0.3 && seconds;
  });
  expect(seen).toBeGreaterThan(before.longest_transaction_seconds);
  resolve();
  await open;
});
