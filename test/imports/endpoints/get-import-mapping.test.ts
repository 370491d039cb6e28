import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person } from '../../entities/people.ts';
import { conversation } from '../exports.ts';
import { type ImportServer, startImportServer } from '../import-server.ts';

let server: ImportServer;
let person: Person;
let colleague: Person;
beforeAll(async () => {
  server = await startImportServer();
  const database = await openDatabase();
  person = await createPerson(database);
  colleague = await createPerson(database, 'admin', person.tenantId);
  await server.run(person, [[conversation('a')]]);
});
afterAll(() => server.close());

test('200: what an item is here, and what had no place', async () => {
  expect(await server.as(person, 'GET', '/import-mapping?kind=conversation&source_id=a')).toMatchObject({
    ...{ kind: 'conversation', source_id: 'a', target_id: expect.stringMatching(/^chat_/) },
    rest: { metadata: { mood: 7 } },
  });
});

test('404: for what was not imported, or by another user', async () => {
  const path = '/api/v1/import-mapping?kind=conversation&source_id=';
  expect((await server.call('GET', `${path}z`, { token: person.token })).status).toBe(404);
  expect((await server.call('GET', `${path}a`, { token: colleague.token })).status).toBe(404);
});
