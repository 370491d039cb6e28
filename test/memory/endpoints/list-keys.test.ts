import { afterAll, beforeAll, expect, test } from 'vitest';
import { listKeys } from '../../../functions/memory/endpoints/list-keys.ts';
import { putKey } from '../../../functions/memory/endpoints/put-key.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person, serveFunctions } from '../../entities/people.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
let person: Person;
beforeAll(async () => {
  server = await serveFunctions([listKeys, putKey]);
  person = await createPerson(database, 'member');
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const path = (key: string) => `/api/v1/memory/keys/${encodeURIComponent(key)}`;
const put = (who: Person | undefined, key: string, value: unknown, headers = {}) =>
  server.call(who, 'PUT', path(key), { value }, headers);
const list = (who: Person | undefined, query = '') => server.call(who, 'GET', `/api/v1/memory/keys${query}`);

test('200: pages by cursor, newest first, without values, filtered by prefix', async () => {
  for (const key of ['b', 'a.2', 'a.1', 'C']) await put(person, key, 'hidden');
  const first = (await list(person, '?limit=2')).body;
  const second = (await list(person, `?limit=2&cursor=${first.next_cursor}`)).body;
  const items = [...(first.items ?? []), ...(second.items ?? [])];
  expect(items.map(({ key }) => key)).toEqual(['C', 'a.1', 'a.2', 'b']);
  expect(second.next_cursor).toBeNull();
  expect(JSON.stringify(items)).not.toContain('hidden');
  expect((await list(person, '?prefix=a.')).body.items).toHaveLength(2);
  await put(person, 'é1', 'hidden');
  expect((await list(person, `?prefix=${encodeURIComponent('e\u0301')}`)).body.items).toHaveLength(1);
});

test('200 with the caller’s own keys only', async () => {
  const colleague = await createPerson(database, 'admin', person.tenantId);
  await put(colleague, 'theirs', 1);
  expect((await list(colleague)).body.items?.map(({ key }) => key)).toEqual(['theirs']);
});

test('400 for a cursor of another user, 401 without a token, 422 for an invalid page', async () => {
  for (const key of ['one', 'two']) await put(person, key, 1);
  const colleague = await createPerson(database, 'admin', person.tenantId);
  const { next_cursor: cursor } = (await list(person, '?limit=1')).body;
  expect((await list(colleague, `?cursor=${cursor}`)).status).toBe(400);
  expect((await list(undefined)).status).toBe(401);
  expect((await list(person, '?limit=0')).status).toBe(422);
});
