import { beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../functions/platform/database/database.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
});

const system = () => database.as({ kind: 'system' });
const put = (bucket: string) => ({
  name: 'test_repeat_put',
  text: `insert into rate_limits (bucket, tokens) values ($1, 1) on conflict (bucket) do update set tokens = rate_limits.tokens + 1`,
  values: [bucket],
});
const tokensOf = async (bucket: string) =>
  (
    await system().query<{ tokens: number }>({
      name: 'test_repeat_tokens',
      text: 'select tokens from rate_limits where bucket = $1',
      values: [bucket],
    })
  )[0]?.tokens;
const raise = (state: string) => ({
  name: 'test_repeat_raise',
  text: 'select refuse($1, $2)',
  values: [state, 'undone'],
});

test.each(['40P01', '40001'])(
  'a transaction that Postgres undid (%s) runs again, and what follows it happens once',
  async (state) => {
    let runs = 0;
    const followed: number[] = [];
    const answer = await system().transaction(async (transaction) => {
      runs += 1;
      const run = runs;
      transaction.afterCommit(() => void followed.push(run));
      await transaction.query(put(`again ${state}`));
      if (run <= 2) await transaction.query(raise(state));
      return run;
    });
    expect({ answer, runs, followed }).toEqual({ answer: 3, runs: 3, followed: [3] });
    expect(await tokensOf(`again ${state}`)).toBe(1);
  },
);

test('it is repeated three times at most, and for no other error', async () => {
  const runsUntil = async (state: string) => {
    let runs = 0;
    const failed = system().transaction(async (transaction) => {
      runs += 1;
      await transaction.query(raise(state));
    });
    await expect(failed).rejects.toMatchObject({ code: state });
    return runs;
  };
  expect(await runsUntil('40P01')).toBe(4);
  expect(await runsUntil('23505')).toBe(1);
  expect(await runsUntil('AF409')).toBe(1);
});
