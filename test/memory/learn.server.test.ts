import { afterAll, expect, test } from 'vitest';
import { archiveSession, type SessionMaterial } from '../../functions/entities/session.ts';
import { learnFromSession } from '../../functions/memory/learn.ts';
import type { Memory } from '../../functions/memory/memory.ts';
import { closeDatabase, openDatabase } from '../../functions/platform/database/open.ts';
import { NotNow } from '../../functions/platform/errors.ts';
import { createId } from '../../functions/platform/id.ts';
import { createPerson, forever, insertFacts, type Person, scopeOf } from '../entities/people.ts';

const database = await openDatabase();
afterAll(closeDatabase);

const MATERIAL: SessionMaterial = {
  task: 'Build a shop. We always use PostgreSQL. I prefer small pull requests!',
  reports: [
    {
      worker: 'backend',
      text: 'I decided to store carts in Redis because they expire.\nPOST /api/v1/carts answers 201.',
    },
    { worker: 'frontend', text: 'The page is in src/cart-page.vue now.' },
  ],
  model: { provider: 'rehearsal', model: 'script' },
};

async function archive(person: Person): Promise<string> {
  const runId = createId('run');
  await database.as({ kind: 'tenant', tenantId: person.tenantId }).transaction((transaction) =>
    archiveSession(transaction, {
      tenantId: person.tenantId,
      runId,
      userId: person.userId,
      kind: 'sprint',
      material: MATERIAL,
    }),
  );
  return runId;
}

const learn = (person: Person, runId: string) =>
  learnFromSession({ database, tenantId: person.tenantId, runId, signal: forever });
const factsOf = (person: Person) =>
  database.as(scopeOf(person)).query<Memory>({
    name: 'test_facts',
    text: 'select text, trust from memories order by text, scope',
  });
async function sessionOf(person: Person, runId: string) {
  const [row] = await database.as(scopeOf(person)).query<{ status: string; attempts: number }>({
    name: 'test_session',
    text: 'select status, attempts from memory_sessions where id = $1',
    values: [runId],
  });
  return row;
}

test('five concurrent steps write the facts once', async () => {
  const person = await createPerson(database);
  const runId = await archive(person);
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => learn(person, runId)));
  for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(NotNow);
  expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
  expect(await factsOf(person)).toHaveLength(8);
  expect(await sessionOf(person, runId)).toMatchObject({ status: 'learned', attempts: 1 });
});

test('concurrent writers of the same fact make one row', async () => {
  const person = await createPerson(database);
  await Promise.all(
    Array.from({ length: 5 }, (_, n) =>
      insertFacts(
        database,
        person,
        ['One row.', 'Another row.'],
        n % 2 ? { trust: 'untrusted', sourceKind: 'run' } : {},
      ),
    ),
  );
  const facts = await factsOf(person);
  expect(facts.map(({ text, trust }) => [text, trust])).toEqual([
    ['Another row.', 'trusted'],
    ['One row.', 'trusted'],
  ]);
});
