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
/** cos 18° is 0.951, cos 19° is 0.946. */
const at = (person: Person, text: string, degrees: number, more = {}) =>
  insertFacts(database, person, [text], { embedding: directionOf(degrees), ...more });

test('200: lists each pair of near facts once, the older first, in pages; not those of other scopes', async () => {
  const person = await createPerson(database, 'admin');
  await at(person, 'The road is long.', 0);
  await at(person, 'Long is the road.', 18);
  await at(person, 'The road is wide.', 37);
  await at(person, 'The road is mine.', 0, { scope: 'user', scopeId: person.userId });
  await at(person, 'Wide is the road.', 37);
  const first = (await list(person, '?limit=1')).body;
  const second = (await list(person, `?limit=1&cursor=${first.next_cursor}`)).body;
  expect(first.items).toMatchObject([{ one: { text: 'The road is long.' }, other: { text: 'Long is the road.' } }]);
  expect(second.items).toMatchObject([{ one: { text: 'The road is wide.' }, other: { text: 'Wide is the road.' } }]);
  expect(second.next_cursor).toBeNull();
  expect(Number(second.items?.[0]?.similarity)).toBeCloseTo(1);
  const colleague = await createPerson(database, 'member', person.tenantId);
  expect((await list(colleague)).body.items).toEqual([]);
});

test('200: a fact and its denial say not the same, however near their vectors are', async () => {
  const person = await createPerson(database);
  await at(person, 'The road is closed.', 0);
  await at(person, 'The road is not closed.', 0);
  expect((await list(person)).body).toEqual({ items: [], next_cursor: null });
});

test('401 without a token, 422 for an invalid page', async () => {
  expect((await list(undefined)).status).toBe(401);
  expect((await list(await createPerson(database), '?limit=0')).status).toBe(422);
});
