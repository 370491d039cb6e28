import { afterAll, beforeAll, expect, test } from 'vitest';
import { listStaged } from '../../../functions/memory/endpoints/list-staged.ts';
import { scanRuns } from '../../../functions/memory/endpoints/scan-runs.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person, serveFunctions } from '../../entities/people.ts';
import { stage } from '../preferences/runs.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
beforeAll(async () => {
  server = await serveFunctions([listStaged, scanRuns]);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const list = (person: Person | undefined, query = '') => server.call(person, 'GET', `/api/v1/remme/staging${query}`);

test('200: pages by cursor, newest first', async () => {
  const person = await createPerson(database, 'member');
  for (const text of ['I prefer Go.', 'I prefer MySQL.', 'We use yarn.']) await stage(server, database, person, text);
  const first = (await list(person, '?limit=2')).body;
  const second = (await list(person, `?limit=2&cursor=${first.next_cursor}`)).body;
  expect([...(first.items ?? []), ...(second.items ?? [])].map(({ value }) => value)).toEqual(['yarn', 'mysql', 'go']);
  expect(second.next_cursor).toBeNull();
});

test('200 with an empty list for a colleague and for another tenant', async () => {
  const person = await createPerson(database, 'member');
  await stage(server, database, person, 'I prefer Go.');
  for (const other of [await createPerson(database, 'admin', person.tenantId), await createPerson(database, 'admin')])
    expect(await list(other)).toMatchObject({ status: 200, body: { items: [], next_cursor: null } });
});

test('400 for a cursor of another user, 401 without a token, 422 for an invalid page', async () => {
  const person = await createPerson(database, 'member');
  for (const text of ['I prefer Go.', 'I prefer MySQL.']) await stage(server, database, person, text);
  const { next_cursor: cursor } = (await list(person, '?limit=1')).body;
  expect((await list(await createPerson(database), `?cursor=${cursor}`)).status).toBe(400);
  expect((await list(undefined)).status).toBe(401);
  expect((await list(person, '?limit=0')).status).toBe(422);
});
