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

test('201 for a new key and 200 for an existing one, with any JSON value and the version as ETag', async () => {
  const values = [{ deep: [1, 'two', null] }, 'text', 7.5, false, null, []];
  for (const [index, value] of values.entries()) {
    const written = await put(person, 'colour of Ånna', value);
    expect([written.status, written.headers.get('etag')]).toEqual([index === 0 ? 201 : 200, `"${index + 1}"`]);
    expect((await get(person, 'colour of Ånna')).body).toMatchObject({ key: 'colour of Ånna', value });
  }
});

test.each(['நன்றி', 'ขอบคุณ', 'naïveté', 'спасибо', 'شكرا ١', 'می‌خواهم', 'क्षत्रिय 2'])(
  '201 for the key %s, which is found composed and decomposed',
  async (key) => {
    expect((await put(person, key.normalize('NFD'), 1)).status).toBe(201);
    expect((await put(person, key.normalize('NFC'), 2)).body).toMatchObject({ key: key.normalize('NFC'), version: 2 });
    expect((await get(person, key.normalize('NFD'))).body).toMatchObject({ key: key.normalize('NFC'), value: 2 });
  },
);

test('201: the same key of another user is another key', async () => {
  await put(person, 'shared name', 'mine');
  for (const other of [await createPerson(database, 'admin', person.tenantId), await createPerson(database)])
    expect((await put(other, 'shared name', 'theirs')).status).toBe(201);
  expect((await get(person, 'shared name')).body).toMatchObject({ value: 'mine', version: 1 });
});

test('412 when If-Match is not the current version', async () => {
  expect((await put(person, 'plan', 'one')).headers.get('etag')).toBe('"1"');
  expect((await put(person, 'plan', 'two', { 'if-match': '"1"' })).headers.get('etag')).toBe('"2"');
  expect((await put(person, 'plan', 'three', { 'if-match': '"1"' })).status).toBe(412);
  expect((await put(person, 'never', 'x', { 'if-match': '"1"' })).status).toBe(412);
  expect((await get(person, 'plan')).body).toMatchObject({ value: 'two' });
});

test('401 without a token, 403 for a viewer', async () => {
  const viewer = await createPerson(database, 'viewer', person.tenantId);
  expect((await put(undefined, 'x', 1)).status).toBe(401);
  expect((await put(viewer, 'x', 1)).status).toBe(403);
});

test('422 for an invalid key, value or If-Match', async () => {
  for (const key of ['x'.repeat(201), 'a\nb', '<b>', '\u0301a', '\u200d', 'a\u202eb'])
    expect((await put(person, key, 1)).status).toBe(422);
  expect((await server.call(person, 'PUT', path('x'), {})).status).toBe(422);
  expect((await put(person, 'x', 'a\0b')).status).toBe(422);
  expect((await put(person, 'x', 1, { 'if-match': 'one' })).status).toBe(422);
});

test.each([
  ['a field __proto__', JSON.parse('{"__proto__":{"x":1},"a":1}')],
  ['a number that is too large', 12345678901234567890n],
  [
    '1,000 levels',
    Array(1000)
      .fill(0)
      .reduce((inner) => [inner], 0),
  ],
])('422 for a value with %s, which could not be kept', async (_name, value) => {
  expect((await put(person, 'kept', typeof value === 'bigint' ? rawNumber(value) : value)).status).toBe(422);
  expect((await get(person, 'kept')).status).toBe(404);
});

/** A value that JSON.stringify writes with all its digits. */
const rawNumber = (value: bigint): unknown => Reflect.get(JSON, 'rawJSON')(String(value));
