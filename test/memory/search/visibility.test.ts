import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFacts } from '../../../functions/memory/search/find-facts.ts';
import { embedQuery } from '../../../functions/memory/search/query.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, forever, insertFacts, type Person, scopeOf } from '../../entities/people.ts';

let database: Database;
let anna: Person;

const FACTS = [
  'Deployments to production happen on Tuesdays and never on Fridays.',
  'The company was founded in Gothenburg in 2019.',
  'Bob owns the migration from MySQL to PostgreSQL.',
  'Customer data must not leave the European Union.',
];

beforeAll(async () => {
  database = await openDatabase();
  anna = await createPerson(database);
  await insertFacts(database, anna, FACTS);
}, 60_000);
afterAll(closeDatabase);

async function search(person: Person, query: string, limit = 5, filter = {}) {
  return findFacts(database.as(scopeOf(person)), await embedQuery(database, person, query, forever), {
    limit,
    ...filter,
  });
}

test('does not find another tenant’s facts, and they change no score', async () => {
  const query = 'When do we deploy to production?';
  const before = await search(anna, query, 50);
  const stranger = await createPerson(database);
  await insertFacts(database, stranger, [
    ...FACTS,
    ...Array.from({ length: 300 }, (_, n) => `We deploy to production ${n} times.`),
  ]);
  const after = await search(anna, query, 50);
  expect(after).toEqual(before);
  expect(after.every(({ tenant_id }) => tenant_id === anna.tenantId)).toBe(true);
  const lonely = await createPerson(database);
  expect(await search(lonely, FACTS[0] ?? '')).toEqual([]);
});

test('finds untrusted and private facts for their own user only', async () => {
  const ben = await createPerson(database, 'member', anna.tenantId);
  const query = 'Where is the treasure of the pirate Quintus?';
  await insertFacts(database, anna, ['The pirate Quintus hid the treasure in Visby.'], {
    trust: 'untrusted',
    sourceKind: 'run',
    scope: 'worker',
    scopeId: 'backend',
  });
  await insertFacts(database, anna, ['The pirate Quintus showed Anna the treasure.'], {
    scope: 'user',
    scopeId: anna.userId,
  });
  expect(await search(anna, query)).toHaveLength(2);
  expect(await search(ben, query)).toEqual([]);
  const nobody = { ...anna, userId: '' };
  expect(await search(nobody, query)).toEqual([]);
});

test('row-level security hides other users’ facts and vectors from any statement', async () => {
  const ben = await createPerson(database, 'member', anna.tenantId);
  await insertFacts(database, anna, ['Only Anna reads this.'], { scope: 'user', scopeId: anna.userId });
  const all = { name: 'test_all_memories', text: 'select user_id, trust, scope from memories' };
  const seen = await database.as(scopeOf(ben)).query<{ scope: string }>(all);
  expect(seen.length).toBeGreaterThanOrEqual(FACTS.length);
  expect(seen.some(({ scope }) => scope === 'user')).toBe(false);
  // A text can be guessed from its vector.
  const vectors = { name: 'test_all_vectors', text: 'select memory_id from memory_vectors' };
  expect(await database.as(scopeOf(ben)).query(vectors)).toHaveLength(seen.length);
  expect(await database.as(scopeOf(anna)).query(vectors)).toHaveLength(
    (await database.as(scopeOf(anna)).query(all)).length,
  );
  expect(await database.as({ kind: 'system' }).query(all)).toEqual([]);
  await expect(
    database.as(scopeOf(ben)).transaction(async (transaction) => {
      await transaction.query({
        name: 'test_forge',
        text: `insert into memories (id, tenant_id, user_id, text, source_kind, author, trust, embedder)
          values ('mem_forged', $1, $2, 'Ben writes in the name of Anna.', 'person', $2, 'trusted', 'x')`,
        values: [ben.tenantId, anna.userId],
      });
    }),
  ).rejects.toMatchObject({ code: '42501' });
});

test('excludes facts of other sprints and other workers', async () => {
  const person = await createPerson(database);
  const [mine, other] = [createId('run'), createId('run')];
  const text = (where: string) => `The port of the ${where} server is 8080.`;
  await insertFacts(database, person, [text('mine')], { scope: 'sprint', scopeId: mine });
  await insertFacts(database, person, [text('other')], { scope: 'sprint', scopeId: other });
  await insertFacts(database, person, [text('backend')], { scope: 'worker', scopeId: 'backend' });
  await insertFacts(database, person, [text('frontend')], { scope: 'worker', scopeId: 'frontend' });
  await insertFacts(database, person, [text('tenant')]);
  const found = await search(person, 'port of the server', 10, { runId: mine, worker: 'backend' });
  expect(found.map(({ text }) => /of the (\w+)/.exec(text)?.[1]).toSorted()).toEqual(['backend', 'mine', 'tenant']);
  expect(await search(person, 'port of the server', 10)).toHaveLength(5);
  expect(await search(person, 'port of the server', 10, { scope: 'sprint' })).toHaveLength(2);
});
