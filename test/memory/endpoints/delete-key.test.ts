import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteKey } from '../../../functions/memory/endpoints/delete-key.ts';
import { getKey } from '../../../functions/memory/endpoints/get-key.ts';
import { putKey } from '../../../functions/memory/endpoints/put-key.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person, serveFunctions } from '../../entities/people.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
let person: Person;
beforeAll(async () => {
  server = await serveFunctions([deleteKey, getKey, putKey]);
  person = await createPerson(database, 'member');
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const path = (key: string) => `/api/v1/memory/keys/${encodeURIComponent(key)}`;
const put = (who: Person | undefined, key: string, value: unknown, headers = {}) =>
  server.call(who, 'PUT', path(key), { value }, headers);
const remove = (who: Person | undefined, key: string) => server.call(who, 'DELETE', path(key));

test('204: deletes the key; 404 the second time', async () => {
  await put(person, 'plan', 1);
  expect((await remove(person, 'plan')).status).toBe(204);
  expect((await server.call(person, 'GET', path('plan'))).status).toBe(404);
  expect((await remove(person, 'plan')).status).toBe(404);
});

test('404 for another user’s key, which stays', async () => {
  await put(person, 'secret', 'mine');
  for (const other of [await createPerson(database, 'admin', person.tenantId), await createPerson(database, 'admin')])
    expect((await remove(other, 'secret')).status).toBe(404);
  expect((await server.call(person, 'GET', path('secret'))).body).toMatchObject({ value: 'mine' });
});

test('401 without a token, 403 for a viewer, 422 for an invalid key', async () => {
  const viewer = await createPerson(database, 'viewer', person.tenantId);
  expect((await remove(undefined, 'x')).status).toBe(401);
  expect((await remove(viewer, 'x')).status).toBe(403);
  expect((await remove(person, '<b>')).status).toBe(422);
});
