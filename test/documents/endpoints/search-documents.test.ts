import { afterAll, beforeAll, expect, test } from 'vitest';
import { searchDocuments } from '../../../functions/documents/endpoints/search-documents.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person } from '../../entities/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { insertDocument } from '../chunks.ts';

let database: Database;
let server: TestServer;
let viewer: Person;
beforeAll(async () => {
  database = await openDatabase();
  server = await startServer([searchDocuments]);
  viewer = await createPerson(database, 'viewer');
  await insertDocument(database, viewer, 'owls.md', ['Owls hunt at night.', 'Larks sing in the morning.']);
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});
const search = (person: Person | undefined, body: unknown) =>
  server.call('POST', '/api/v1/documents/search', { body, token: person?.token });

test('200: returns chunks of the caller’s documents with scores and ranks, to a viewer too', async () => {
  const found = await search(viewer, { query: 'When do owls hunt?' });
  expect(found).toMatchObject({ status: 200, body: { embedder: 'feature-hashing-v1' } });
  expect(found.body.items[0]).toMatchObject({
    content: 'Owls hunt at night.',
    filename: 'owls.md',
    chunk_index: 0,
    why: { text_rank: 1 },
  });
  expect((await search(viewer, { query: 'owls larks', k: 1 })).body.items).toHaveLength(1);
});

test('200: finds no document of another tenant, also when its id is given', async () => {
  const other = await createPerson(database);
  const id = await insertDocument(database, other, 'x.md', ['Owls of another tenant.']);
  expect((await search(viewer, { query: 'owls', document_id: id })).body.items).toEqual([]);
  expect((await search(other, { query: 'owls' })).body.items).toHaveLength(1);
});

test('401: rejects a call without a token', async () => {
  expect((await search(undefined, { query: 'x' })).status).toBe(401);
});

test('422: rejects an invalid question', async () => {
  for (const body of [
    {},
    { query: '' },
    { query: ' ' },
    { query: 'x'.repeat(2001) },
    { query: 'x', k: 0 },
    { query: 'x', k: 51 },
    { query: 'x', user_id: 'usr_1' },
    { query: 'x', document_id: '' },
  ]) {
    expect((await search(viewer, body)).status, JSON.stringify(body)).toBe(422);
  }
});
