import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteKey } from '../../functions/memory/endpoints/delete-key.ts';
import { getKey } from '../../functions/memory/endpoints/get-key.ts';
import { listKeys } from '../../functions/memory/endpoints/list-keys.ts';
import { putKey } from '../../functions/memory/endpoints/put-key.ts';
import { closeDatabase, openDatabase } from '../../functions/platform/database/open.ts';
import { createPerson, type Person, serveFunctions } from '../entities/people.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
let person: Person;
beforeAll(async () => {
  server = await serveFunctions([getKey, putKey, deleteKey, listKeys]);
  person = await createPerson(database, 'member');
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const path = (key = '') => `/api/v1/memory/keys${key === '' ? '' : `/${encodeURIComponent(key)}`}`;
const put = (who: Person | undefined, key: string, value: unknown, headers = {}) =>
  server.call(who, 'PUT', path(key), { value }, headers);
const get = (who: Person | undefined, key: string) => server.call(who, 'GET', path(key));

test('201, 200, 204, 404: any JSON value, unique by person and key', async () => {
  const colleague = await createPerson(database, 'admin', person.tenantId);
  const stranger = await createPerson(database, 'admin');
  for (const value of [{ deep: [1, 'two', null] }, 'text', 7.5, false, null, []]) {
    expect([201, 200]).toContain((await put(person, 'colour of Ånna', value)).status);
    expect((await get(person, 'colour of Ånna')).body).toMatchObject({ key: 'colour of Ånna', value });
  }
  for (const other of [colleague, stranger]) {
    expect((await get(other, 'colour of Ånna')).status).toBe(404);
    expect((await server.call(other, 'DELETE', path('colour of Ånna'))).status).toBe(404);
    expect((await put(other, 'colour of Ånna', 'theirs')).status).toBe(201);
    expect((await server.call(other, 'GET', path())).body.items).toHaveLength(1);
  }
  expect((await get(person, 'colour of Ånna')).body).toMatchObject({ value: [], version: 6 });
  expect((await server.call(person, 'DELETE', path('colour of Ånna'))).status).toBe(204);
  expect((await get(person, 'colour of Ånna')).status).toBe(404);
});

test('409: If-Match writes on the known version alone', async () => {
  const first = await put(person, 'plan', 'one');
  expect([first.status, first.headers.get('etag')]).toEqual([201, '"1"']);
  expect((await put(person, 'plan', 'two', { 'if-match': '"1"' })).headers.get('etag')).toBe('"2"');
  expect((await put(person, 'plan', 'three', { 'if-match': '"1"' })).status).toBe(409);
  expect((await put(person, 'never', 'x', { 'if-match': '"1"' })).status).toBe(409);
  expect((await get(person, 'plan')).body).toMatchObject({ value: 'two' });
  expect((await put(person, 'plan', 'x', { 'if-match': 'one' })).status).toBe(422);
});

test('pages, newest first, by prefix', async () => {
  const other = await createPerson(database, 'member');
  for (const key of ['b', 'a.2', 'a.1', 'C']) await put(other, key, 1);
  const first = (await server.call(other, 'GET', `${path()}?limit=2`)).body;
  const second = (await server.call(other, 'GET', `${path()}?limit=2&cursor=${first.next_cursor}`)).body;
  const keys = [...(first.items ?? []), ...(second.items ?? [])].map(({ key }) => key);
  expect(keys).toEqual(['C', 'a.1', 'a.2', 'b']);
  expect((await server.call(other, 'GET', `${path()}?prefix=a.`)).body.items).toHaveLength(2);
});

test('401, 403, 422', async () => {
  const viewer = await createPerson(database, 'viewer', person.tenantId);
  for (const status of [(await get(undefined, 'x')).status, (await put(undefined, 'x', 1)).status])
    expect(status).toBe(401);
  expect((await put(viewer, 'x', 1)).status).toBe(403);
  expect((await get(viewer, 'x')).status).toBe(404);
  for (const key of ['x'.repeat(201), 'a\nb', '<b>']) expect((await put(person, key, 1)).status).toBe(422);
  expect((await server.call(person, 'PUT', path('x'), {})).status).toBe(422);
  expect((await server.call(person, 'PUT', path('x'), { value: 'a\0b' })).status).toBe(422);
});
