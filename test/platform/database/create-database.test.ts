import { beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../../functions/platform/database/database.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { FenceLost } from '../../../functions/platform/errors.ts';

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
});

const system = () => database.as({ kind: 'system' });
const settings = { name: 'test_settings', text: `select current_tenant_id() as tenant, current_user_id() as person` };

describe('a scope', () => {
  test('applies to its own statements and to none after them', async () => {
    const scoped = database.as({ kind: 'tenant', tenantId: 'ten_a', userId: 'usr_a' });
    expect(await scoped.query(settings)).toEqual([{ tenant: 'ten_a', person: 'usr_a' }]);
    expect(await system().query(settings)).toEqual([{ tenant: null, person: null }]);
    await scoped.transaction(async (transaction) => {
      expect(await transaction.query(settings)).toEqual([{ tenant: 'ten_a', person: 'usr_a' }]);
    });
    expect(await system().query(settings)).toEqual([{ tenant: null, person: null }]);
  });

  test('is not affected by concurrent scopes', async () => {
    const ask = async (index: number) => {
      const [row] = await database.as({ kind: 'tenant', tenantId: `ten_${index}` }).query<{ tenant: string }>(settings);
      return row?.tenant;
    };
    const tenants = await Promise.all(Array.from({ length: 200 }, (_, index) => ask(index)));
    expect(tenants).toEqual(Array.from({ length: 200 }, (_, index) => `ten_${index}`));
  });
});

describe('several statements in one round trip', () => {
  const put = (bucket: string) => ({
    name: 'test_put',
    text: 'insert into rate_limits (bucket, tokens) values ($1, 1)',
    values: [bucket],
  });
  const count = { name: 'test_count', text: `select count(*) as rows from rate_limits where bucket like 'test-%'` };

  test('are atomic', async () => {
    await expect(system().queryAll([put('test-1'), put('test-1')])).rejects.toMatchObject({ code: '23505' });
    expect(await system().query(count)).toEqual([{ rows: 0 }]);
    await system().queryAll([put('test-1'), put('test-2')]);
    expect(await system().query(count)).toEqual([{ rows: 2 }]);
  });

  test('leave a usable connection when their preparation fails', async () => {
    const divide = (by: number) => ({ name: 'test_divide', text: 'select 6 / $1::int as answer', values: [by] });
    await expect(system().query(divide(0))).rejects.toMatchObject({ code: '22012' });
    expect(await system().query(divide(2))).toEqual([{ answer: 3 }]);
    await expect(system().query({ name: 'test_nonsense', text: 'selec 1' })).rejects.toMatchObject({ code: '42601' });
    expect(await system().query(divide(3))).toEqual([{ answer: 2 }]);
  });

  test('throw FenceLost for a lost fence, and the transaction is rolled back', async () => {
    const lost = { name: 'test_fence', text: `select refuse('AF000', 'lost')` };
    await expect(system().query(lost)).rejects.toBeInstanceOf(FenceLost);
    const attempt = system().transaction(async (transaction) => {
      await transaction.query(put('test-rolled-back'));
      await transaction.query(lost);
    });
    await expect(attempt).rejects.toBeInstanceOf(FenceLost);
    expect(await system().query(count)).toEqual([{ rows: 2 }]);
  });

  test('reject a transaction that ignored the error of a statement', async () => {
    const attempt = system().transaction(async (transaction) => {
      await transaction.query({ name: 'test_zero', text: 'select 1 / 0' }).catch(() => undefined);
      return 'done';
    });
    await expect(attempt).rejects.toThrow('its error was ignored');
  });
});

test('an afterCommit callback can use the database with a single connection', async () => {
  let seen: unknown;
  await system().transaction(async (transaction) => {
    transaction.afterCommit(async () => {
      seen = await system().query(settings);
    });
  });
  expect(seen).toEqual([{ tenant: null, person: null }]);
});

test('values are converted as type-parsers.ts says', async () => {
  const [row] = await system().query({
    name: 'test_values',
    text: `select 12345678901::bigint as big, 0.1::numeric(20,10) as money, '2026-03-01 12:00:00.123456+02'::timestamptz as time,
      '{"a": [1]}'::jsonb as json, $1::text[] as texts, $2::jsonb as sent, $3::timestamptz as none`,
    values: [['a"b', 'c\\d', 'ä,{}', 'null'], { deep: { x: 1 } }, null],
  });
  expect(row).toEqual({
    big: 12345678901,
    money: '0.1000000000',
    time: '2026-03-01T10:00:00.123456Z',
    json: { a: [1] },
    texts: ['a"b', 'c\\d', 'ä,{}', 'null'],
    sent: { deep: { x: 1 } },
    none: null,
  });
});

test('prepares a statement again after its columns changed', async () => {
  const read = { name: 'test_stale', text: 'select * from test_shape' };
  const owner = database.as({ kind: 'system' });
  await owner.transaction(async (transaction) => {
    await transaction.query({
      name: 'test_shape_1',
      text: 'create temp table test_shape on commit drop as select 1 as a',
    });
    expect(await transaction.query(read)).toEqual([{ a: 1 }]);
  });
  const again = owner.transaction(async (transaction) => {
    await transaction.query({
      name: 'test_shape_2',
      text: 'create temp table test_shape on commit drop as select 1 as a, 2 as b',
    });
    return transaction.query(read);
  });
  // In a transaction the first try fails and is rolled back; then the connection knows, and the repeated try succeeds.
  await again.catch(() => undefined);
  const rows = await owner.transaction(async (transaction) => {
    await transaction.query({
      name: 'test_shape_2',
      text: 'create temp table test_shape on commit drop as select 1 as a, 2 as b',
    });
    return transaction.query(read);
  });
  expect(rows).toEqual([{ a: 1, b: 2 }]);
});

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
  'repeats a transaction that Postgres aborted (%s), and calls its callbacks once',
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

test('repeats a transaction at most three times, and not for other errors', async () => {
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
