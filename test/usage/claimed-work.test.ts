import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { archiveSession } from '../../functions/entities/session.ts';
import { type SessionRow, sessionClaims, updateSessionLearned } from '../../functions/memory/sql/learning.ts';
import type { Database, Scoped } from '../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../functions/platform/database/open.ts';
import { FenceLost, NotNow } from '../../functions/platform/errors.ts';
import { createId } from '../../functions/platform/id.ts';
import { ModelError } from '../../functions/platform/models/model.ts';
import { workOnClaim } from '../../functions/usage/claimed-work.ts';
import { OverBudget } from '../../functions/usage/meter.ts';
import { createPerson, type Person, scopeOf } from '../entities/people.ts';

/** Claimed work, shown with the sessions that facts are learned from. */

let database: Database;
let person: Person;
let scoped: Scoped;
let id: string;
beforeAll(async () => {
  database = await openDatabase();
  person = await createPerson(database);
  scoped = database.as(scopeOf(person));
});
afterAll(closeDatabase);

beforeEach(async () => {
  id = createId('run');
  const model = { provider: 'gemini' as const, model: 'gemini-2.5-flash' };
  await scoped.transaction((transaction) =>
    archiveSession(transaction, { ...person, runId: id, kind: 'sprint', material: { task: '', reports: [], model } }),
  );
});

type Work = Parameters<typeof workOnClaim<SessionRow>>[1];

function run(work: Work): Promise<void> {
  const { signal } = new AbortController();
  return workOnClaim(
    { name: `The session ${id}`, id, statements: sessionClaims, queryable: scoped, signal, fields: { run_id: id } },
    work,
  );
}

const fail = (error: unknown) => () => Promise.reject(error);

/** Ends the row as learning does. */
const finish: Work = async (claimed) => {
  if (!(await updateSessionLearned(scoped, claimed, { facts: 0 }))) throw new FenceLost('The session');
};

interface StoredRow {
  status: string;
  attempts: number;
  postponements: number;
  error: string | null;
  is_leased: boolean;
}

async function stored(): Promise<StoredRow | undefined> {
  const [row] = await scoped.query<StoredRow>({
    name: 'find_stored_session',
    text: `select status, attempts, postponements, error, lease_until is not null as is_leased from memory_sessions where id = $1`,
    values: [id],
  });
  return row;
}

test('work that succeeds is done once, however often it is called', async () => {
  let done = 0;
  const work: Work = async (row) => {
    done += 1;
    await finish(row, new AbortController().signal);
  };
  await run(work);
  await run(work);
  expect(done).toBe(1);
  expect(await stored()).toMatchObject({ status: 'learned', attempts: 1, is_leased: false });
});

test('a second call is told to come back while the first works', async () => {
  let refused: unknown;
  await run(async (row, signal) => {
    refused = await run(finish).catch((error: unknown) => error);
    await finish(row, signal);
  });
  expect(refused).toBeInstanceOf(NotNow);
  expect(await stored()).toMatchObject({ status: 'learned', attempts: 1 });
});

test('a row that does not exist is a no-op', async () => {
  id = createId('run');
  await run(() => Promise.reject(new Error('must not run')));
});

test('a failure is thrown, keeps the kind of the error and no words of it, and the row waits again', async () => {
  const error = new TypeError('the prompt was: secret');
  await expect(run(fail(error))).rejects.toBe(error);
  expect(await stored()).toEqual({
    status: 'pending',
    attempts: 1,
    postponements: 0,
    error: 'TypeError',
    is_leased: false,
  });
});

test('the fifth failure makes the row failed, and nothing is thrown', async () => {
  const error = new ModelError('unavailable', 'The model is overloaded.');
  for (let attempt = 1; attempt < 5; attempt += 1) await expect(run(fail(error))).rejects.toBe(error);
  await run(fail(error));
  expect(await stored()).toMatchObject({ status: 'failed', attempts: 5, error: expect.stringContaining('overloaded') });
});

test.each([
  [4, 'learned', null],
  [5, 'failed', 'it was started 5 times and never finished'],
])('after %i claims whose process died the row becomes %s', async (crashes, status, error) => {
  // A postponed claim before them does not count.
  await run(fail(new OverBudget('day'))).catch(() => undefined);
  for (let crash = 1; crash <= crashes; crash += 1) await sessionClaims.claim(scoped, id, -1);
  await run(finish);
  expect(await stored()).toMatchObject({ status, attempts: crashes + 2, error, is_leased: false });
});

test('a used-up budget of the day postpones the work until the next day, and the try does not count', async () => {
  for (let day = 1; day <= 6; day += 1) {
    const postponed = await run(fail(new OverBudget('day'))).catch((error: unknown) => error);
    expect(postponed).toBeInstanceOf(NotNow);
    expect((postponed as NotNow).seconds).toBeLessThanOrEqual(86_400 + 901);
  }
  expect(await stored()).toMatchObject({ status: 'pending', attempts: 6, postponements: 6 });
});

test('money that is set aside for other calls postpones the work for seconds, and the try does not count', async () => {
  for (const budget of ['run', 'day'] as const) {
    const postponed = await run(fail(new OverBudget(budget, { isTemporary: true }))).catch((error: unknown) => error);
    expect(postponed).toBeInstanceOf(NotNow);
    expect((postponed as NotNow).seconds).toBeLessThanOrEqual(20);
  }
  expect(await stored()).toMatchObject({ status: 'pending', attempts: 2, postponements: 2 });
});

test('a used-up budget of the run fails the row at once', async () => {
  await run(fail(new OverBudget('run')));
  expect(await stored()).toMatchObject({ status: 'failed', attempts: 1 });
});

test.each(['unauthorized', 'rejected', 'invalid_answer'] as const)(
  'a model that fails for good (%s) fails the row at once with the cause',
  async (kind) => {
    await run(fail(new ModelError(kind, 'openai does not know the model')));
    expect(await stored()).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: `${kind}: openai does not know the model`,
    });
  },
);

test('a call whose claim was taken over changes nothing', async () => {
  const lost = run(async (row, signal) => {
    await scoped.query({
      name: 'take_over',
      text: 'update memory_sessions set attempts = attempts + 1 where id = $1',
      values: [id],
    });
    await finish(row, signal);
  });
  await expect(lost).rejects.toBeInstanceOf(FenceLost);
  expect(await stored()).toMatchObject({ status: 'pending', attempts: 2, error: null, is_leased: true });
});

test('a call that lost its lease without a successor asks for another delivery', async () => {
  await expect(run(fail(new FenceLost('The session')))).rejects.toThrow('not renewed in time');
  expect(await stored()).toMatchObject({ status: 'pending', attempts: 1, is_leased: false });
});
