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

test('200: an import with its progress and counts', async () => {
  expect(await server.as(person, 'GET', `/imports/${id}`)).toMatchObject({
    ...{ id, status: 'completed', progress: { items: 3 }, error: null, completed_at: expect.any(String) },
    counts: [
      { kind: 'conversation', outcome: 'created', items: 2 },
      { kind: 'music_task', outcome: 'not_imported', items: 1 },
    ],
  });
});

test('404: for another user of the tenant', async () => {
  expect((await server.call('GET', `/api/v1/imports/${id}`, { token: colleague.token })).status).toBe(404);
});
