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

test('200: the imports of the caller, newest first, in pages', async () => {
  const { id: second } = await server.run(person, [[conversation('c')]], true);
  const first = await server.as(person, 'GET', '/imports?limit=1');
  expect(first.items).toMatchObject([{ id: second, dry_run: true }]);
  const rest = await server.as(person, 'GET', `/imports?limit=1&cursor=${first.next_cursor}`);
  expect(rest).toMatchObject({ items: [{ id }], next_cursor: null });
  expect((await server.as(colleague, 'GET', '/imports')).items).toEqual([]);
});
