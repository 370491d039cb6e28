import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person } from '../../entities/people.ts';
import { conversation } from '../exports.ts';
import { type ImportServer, startImportServer } from '../import-server.ts';

let server: ImportServer;
let person: Person;
let colleague: Person;
let id: string;
beforeAll(async () => {
  server = await startImportServer();
  const database = await openDatabase();
  person = await createPerson(database);
  colleague = await createPerson(database, 'admin', person.tenantId);
  ({ id } = await server.run(person, [[conversation('a'), conversation('b'), { task_id: 'm', prompt: 'x' }]]));
});
afterAll(() => server.close());

test('200: the report in the order of the files, in pages and by outcome and kind', async () => {
  const path = `/imports/${id}/items`;
  const first = await server.as(person, 'GET', `${path}?limit=1`);
  const second = await server.as(person, 'GET', `${path}?limit=1&cursor=${first.next_cursor}`);
  const ids = [...first.items, ...second.items].map(({ source_id: source }: { source_id: string }) => source);
  expect(ids).toEqual(['a', 'b']);
  expect((await server.as(person, 'GET', `${path}?outcome=not_imported`)).items).toMatchObject([
    { kind: 'music_task' },
  ]);
  expect((await server.as(person, 'GET', `${path}?kind=fact`)).items).toEqual([]);
});

test('404: for another user of the tenant', async () => {
  expect((await server.call('GET', `/api/v1/imports/${id}/items`, { token: colleague.token })).status).toBe(404);
});
