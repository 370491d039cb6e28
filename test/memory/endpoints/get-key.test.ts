import { afterAll, beforeAll, expect, test } from 'vitest';
import { getKey } from '../../../functions/memory/endpoints/get-key.ts';
import { putKey } from '../../../functions/memory/endpoints/put-key.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person, serveFunctions } from '../../entities/people.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
let person: Person;
beforeAll(async () => {
  server = await serveFunctions([getKey, putKey]);
  person = await createPerson(database, 'member');
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const path = (key: string) => `/api/v1/memory/keys/${encodeURIComponent(key)}`;
const put = (who: Person | undefined, key: string, value: unknown, headers = {}) =>
  server.call(who, 'PUT', path(key), { value }, headers);
const get = (who: Person | undefined, key: string) => server.call(who, 'GET', path(key));

test('200 with the value, its version and the ETag', async () => {
  await put(person, 'plan', 'one');
  await put(person, 'plan', { step: 2 });
  const found = await get(person, 'plan');
  expect([found.status, found.headers.get('etag')]).toEqual([200, '"2"']);
  expect(found.body).toMatchObject({ key: 'plan', value: { step: 2 }, version: 2 });
});

test('404 for an unknown key and for another user’s key, also for an admin and a viewer', async () => {
  await put(person, 'secret', 'mine');
  expect((await get(person, 'unknown')).status).toBe(404);
  for (const other of [
    await createPerson(database, 'admin', person.tenantId),
    await createPerson(database, 'viewer', person.tenantId),
    await createPerson(database, 'admin'),
  ])
    expect((await get(other, 'secret')).status).toBe(404);
});

test('401 without a token, 422 for an invalid key', async () => {
  expect((await get(undefined, 'x')).status).toBe(401);
  expect((await get(person, '<b>')).status).toBe(422);
});
