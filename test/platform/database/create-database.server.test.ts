import { expect, test } from 'vitest';
import type { Transaction } from '../../../functions/platform/database/database.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';

const database = await openDatabase();
const system = () => database.as({ kind: 'system' });
const put = (bucket: string) => ({
  name: 'test_repeat_put',
  text: `insert into rate_limits (bucket, tokens) values ($1, 1) on conflict (bucket) do update set tokens = rate_limits.tokens + 1`,
  values: [bucket],
});
const tokens = { name: 'test_repeat_tokens', text: 'select bucket, tokens from rate_limits order by bucket' };

test('two transactions that lock the same rows in opposite order both succeed', async () => {
  await Promise.all([system().query(put('one')), system().query(put('other'))]);
  const met = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let runs = 0;
  const cross = (own: number, buckets: [string, string]) =>
    system().transaction(async (transaction: Transaction) => {
      runs += 1;
      await transaction.query(put(buckets[0]));
      met[own]?.resolve();
      await met[1 - own]?.promise;
      await transaction.query(put(buckets[1]));
    });
  await Promise.all([cross(0, ['one', 'other']), cross(1, ['other', 'one'])]);
  // The repeated transaction may deadlock with the other one again before that one ends.
  expect(runs).toBeGreaterThanOrEqual(3);
  expect(await system().query(tokens)).toEqual([
    { bucket: 'one', tokens: 3 },
    { bucket: 'other', tokens: 3 },
  ]);
});
