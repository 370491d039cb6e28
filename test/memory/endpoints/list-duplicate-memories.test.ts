import { afterAll, beforeAll, expect, test } from 'vitest';
import { listDuplicateMemories } from '../../../functions/memory/endpoints/list-duplicate-memories.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, insertFacts, type Person, serveFunctions } from '../../entities/people.ts';
import { directionOf } from '../health/neglected-facts.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([listDuplicateMemories]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const list = async (who: Person | undefined, query = '') =>
  server.call(who, 'GET', `/api/v1/memory/health/duplicates${query}`);
const at = (person: Person, text: string, degrees: number, more = {}) =>
  insertFacts(database, person, [text], { embedding: directionOf(degrees), ...more });

test('200: lists reworded facts and facts of the same words, the older first; not near-misses and not denials', async () => {
  const person = await createPerson(database);
  for (const [one, other] of [
    ['Releases go out every Tuesday.', 'We release each Tuesday.'],
    ['The API listens on port 8080.', 'Port 8080 is what the API listens on.'],
    ['Dana is the tech lead of the billing team', "The billing team's tech lead is Dana"],
    ['The audit is in May.', 'the audit is in May'],
  ] as const)
    await insertFacts(database, person, [one, other]);
  await insertFacts(database, person, [
    'The worker listens on port 9090.',
    'The worker listens on port 9091.',
    'Tests run on staging.',
    'Tests run on production.',
    'The gate is open.',
    'The gate is not open.',
  ]);
  const { items } = (await list(person)).body;
  expect(items).toMatchObject([
    {
      one: { text: 'Releases go out every Tuesday.' },
      other: { text: 'We release each Tuesday.' },
      reason: 'reworded',
    },
    { one: { text: 'The API listens on port 8080.' }, reason: 'reworded' },
    { one: { text: 'Dana is the tech lead of the billing team' }, reason: 'reworded' },
    { one: { text: 'The audit is in May.' }, reason: 'same_words' },
  ]);
  const colleague = await createPerson(database, 'member', person.tenantId);
  expect((await list(colleague)).body.items).toEqual([]);
});

test('200: a page is full when candidates between its pairs are rejected; facts of other scopes are no pair', async () => {
  const person = await createPerson(database, 'admin');
  await at(person, 'The road is long.', 0);
  await at(person, 'The road is wide.', 0);
  await at(person, 'The road is not long.', 0);
  await at(person, 'The road is mine.', 0);
  await at(person, 'Long is the road.', 18, { scope: 'user', scopeId: person.userId });
  await at(person, 'Long is the road.', 18);
  await at(person, 'Wide is the road.', 37);
  const first = (await list(person, '?limit=1')).body;
  const second = (await list(person, `?limit=1&cursor=${first.next_cursor}`)).body;
  expect(first.items).toMatchObject([{ one: { text: 'The road is long.' }, other: { text: 'Long is the road.' } }]);
  expect(second.items).toMatchObject([{ one: { text: 'The road is wide.' }, other: { text: 'Wide is the road.' } }]);
  expect(second.next_cursor).toBeNull();
  expect(Number(first.items?.[0]?.similarity)).toBeCloseTo(Math.cos(Math.PI / 10));
});

test('401 without a token, 422 for an invalid page', async () => {
  expect((await list(undefined)).status).toBe(401);
  expect((await list(await createPerson(database), '?limit=0')).status).toBe(422);
});
