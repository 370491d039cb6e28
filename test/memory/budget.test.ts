import { afterAll, beforeEach, expect, test } from 'vitest';
import { archiveSession, type SessionMaterial } from '../../functions/entities/session.ts';
import { learnFromSession } from '../../functions/memory/learn.ts';
import { recallFor, rememberFact } from '../../functions/memory/recall.ts';
import { closeDatabase, openDatabase } from '../../functions/platform/database/open.ts';
import { environment } from '../../functions/platform/environment.ts';
import { createId } from '../../functions/platform/id.ts';
import { createPerson, forever, type Person, scopeOf } from '../entities/people.ts';
import { asOwner } from '../runs/bench.ts';
import { startScriptedGemini } from '../support/scripted-gemini.ts';

/** The model calls of memory are paid by the run, before and after its end. */

const gemini = await startScriptedGemini({
  answer: () => ({
    text: '{"facts":[{"scope":"user","category":"x","text":"Learned."}]}',
    usage: { input: 1000, output: 100 },
  }),
});
environment.GEMINI_API_KEY = 'scripted-key';
environment.GOOGLE_GEMINI_BASE_URL = gemini.url;
const database = await openDatabase();
beforeEach(() => {
  gemini.requests.length = 0;
});
afterAll(async () => {
  await closeDatabase();
  await gemini.close();
});

const MATERIAL: SessionMaterial = {
  task: 'We deploy with Terraform.',
  reports: [],
  model: { provider: 'gemini', model: 'gemini-3.8-flash' },
};

const DAY_MS = 86_400_000;

/** Returns the time of the database's clock in milliseconds. */
async function clock(): Promise<number> {
  const [row] = await asOwner('select clock_timestamp() as now');
  return Date.parse(String(row?.now));
}

async function endedRun(person: Person, budget: number | null): Promise<string> {
  const runId = createId('run');
  const { tenantId, userId } = person;
  await asOwner(
    `insert into sessions (id, tenant_id, user_id, query, status, budget_usd, completed_at) values ($1, $2, $3, 'x', 'completed', $4, now())`,
    [runId, tenantId, userId, budget],
  );
  await database
    .as({ kind: 'tenant', tenantId })
    .transaction((transaction) =>
      archiveSession(transaction, { tenantId, runId, userId, kind: 'sprint', material: MATERIAL }),
    );
  return runId;
}

const learn = (person: Person, runId: string) =>
  learnFromSession({ database, tenantId: person.tenantId, runId, signal: forever });

const stateOf = async (runId: string) =>
  (
    await asOwner(
      `select s.status as run, m.status as session, m.attempts - m.postponements as tries, m.error,
        s.cost = (select coalesce(sum(cost), 0) from usage_ledger where run_id = s.id) as fits, s.cost > 0 as has_cost,
        (select count(*)::int from call_reservations where run_id = s.id) as reserved
      from sessions s join memory_sessions m on m.id = s.id where s.id = $1`,
      [runId],
    )
  )[0];

test('learning after the end of a run is booked to the run, which stays completed', async () => {
  const person = await createPerson(database);
  const runId = await endedRun(person, 5);
  await learn(person, runId);
  expect(await stateOf(runId)).toMatchObject({
    run: 'completed',
    session: 'learned',
    fits: true,
    has_cost: true,
    reserved: 0,
  });
});

test('fails without a model call when the run’s budget does not cover learning, and records the reason', async () => {
  const person = await createPerson(database);
  const runId = await endedRun(person, 0.0001);
  await learn(person, runId);
  expect(await stateOf(runId)).toMatchObject({
    run: 'completed',
    session: 'failed',
    error: expect.stringMatching(/^The budget of the run does not cover the next call: spent 0, /),
    has_cost: false,
    reserved: 0,
  });
  expect(gemini.requests).toEqual([]);
  await learn(person, runId);
  expect(gemini.requests).toEqual([]);
});

test('waits for the next day over the tenant’s budget of the day, without counting an attempt', async () => {
  const person = await createPerson(database);
  await asOwner('update tenants set budget_usd_per_day = 0.0001 where id = $1', [person.tenantId]);
  const runId = await endedRun(person, null);
  for (let times = 0; times < 7; times += 1) {
    const before = await clock();
    const later = await learn(person, runId).catch((error: unknown) => error);
    const after = await clock();
    expect(later).toMatchObject({ name: 'NotNow' });
    const { seconds } = later as { seconds: number };
    // The retry is within 15 minutes after the next midnight in UTC, which may pass between the two clock readings.
    const midnights = [before, after].map((at) => (Math.floor(at / DAY_MS) + 1) * DAY_MS);
    const isThen = (midnight: number) =>
      after + seconds * 1000 >= midnight && before + seconds * 1000 <= midnight + 902_000;
    expect(midnights.some(isThen), `in ${seconds} s, at ${new Date(before).toISOString()}`).toBe(true);
  }
  expect(await stateOf(runId)).toMatchObject({ run: 'completed', session: 'pending', tries: 0, reserved: 0 });
  expect(gemini.requests).toEqual([]);
  // The next day.
  await asOwner('update tenants set budget_usd_per_day = 5 where id = $1', [person.tenantId]);
  await learn(person, runId);
  expect(await stateOf(runId)).toMatchObject({ session: 'learned', fits: true, has_cost: true });
});

test('recall and remember are booked to the run; over its budget recall uses text only and remember fails', async () => {
  const person = await createPerson(database);
  const runId = await endedRun(person, 0.01);
  const worker = { database, ...scopeOf(person), worker: 'backend', runId, signal: forever };
  await rememberFact({ ...worker, text: 'The harbour is in Gothenburg.', scope: 'worker' });
  expect(await recallFor({ ...worker, query: 'Gothenburg', k: 3 })).toHaveLength(1);
  expect(await stateOf(runId)).toMatchObject({ fits: true, has_cost: true, reserved: 0 });
  await asOwner('update sessions set budget_usd = cost where id = $1', [runId]);
  const [found] = await recallFor({ ...worker, query: 'Gothenburg', k: 3 });
  expect(found?.why.similarity).toBeNull();
  await expect(rememberFact({ ...worker, text: 'Dear.', scope: 'worker' })).rejects.toMatchObject({ budget: 'run' });
  expect(await stateOf(runId)).toMatchObject({ fits: true, reserved: 0 });
});
