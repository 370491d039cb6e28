import { afterAll, beforeAll, expect, test } from 'vitest';
import { getHealth } from '../../../functions/memory/endpoints/get-health.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, insertFacts, type Person, serveFunctions } from '../../entities/people.ts';
import { directionOf, neglectedFacts, useFacts } from '../health/neglected-facts.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([getHealth]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const health = async (who: Person | undefined, query = '') => server.call(who, 'GET', `/api/v1/memory/health${query}`);

test('200: counts the caller’s own facts: all, stale, rarely used, and pairs that say the same', async () => {
  const person = await createPerson(database, 'admin');
  const colleague = await createPerson(database, 'member', person.tenantId);
  const [old, older] = await neglectedFacts(database, person, { days: 40 }, ['The sky is grey.', 'The sea is deep.']);
  await useFacts(database, person, [older ?? ''], 5);
  await insertFacts(database, person, ['The road is long.'], { embedding: directionOf(0) });
  await insertFacts(database, person, ['Long is the road.'], { embedding: directionOf(10) });
  await insertFacts(database, person, ['The gate is open.', 'The gate is not open.'], { embedding: directionOf(60) });
  expect(old).toBeDefined();
  expect((await health(person)).body).toEqual({ facts: 6, stale: 1, rarely_used: 2, duplicates: 1, compared: 6 });
  expect((await health(person, '?days=3')).body).toMatchObject({ stale: 2 });
  const nothing = { facts: 0, stale: 0, rarely_used: 0, duplicates: 0, compared: 0 };
  expect((await health(colleague)).body).toEqual(nothing);
});

test('401 without a token, 422 for no days', async () => {
  const person = await createPerson(database, 'viewer');
  expect((await health(undefined)).status).toBe(401);
  expect((await health(person, '?days=0')).status).toBe(422);
});
