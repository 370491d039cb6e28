import { afterAll, beforeAll, expect, test } from 'vitest';
import { findHits } from '../../../functions/memory/search/find-hits.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, type Person, scopeOf } from '../people.ts';

let database: Database;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(closeDatabase);

const insertBlock = (person: Person, text: string, validFrom: string, validTo: string | null = null) =>
  database.as(scopeOf(person)).query({
    name: 'test_insert_block',
    text: `insert into memory_blocks (tenant_id, user_id, repository, path, block, heading, text, strength, always_load, commit_id, valid_from, valid_to)
      values ($1, $2, 'rep', 'people/lena.md', 'home', 'Home of Lena', $3, 'medium', false, repeat('a', 40), $4, $5)`,
    values: [person.tenantId, person.userId, text, validFrom, validTo],
  });

const ask = async (person: Person, text: string, asOf?: string) => {
  const { hits } = await findHits(
    database.as(scopeOf(person)),
    { text, embedded: undefined },
    { kinds: ['fact', 'turn', 'block'], asOf, limit: 5 },
  );
  return hits;
};

test('finds a block of an entity file with its commit, now and as of a moment, for its user only', async () => {
  const person = await createPerson(database);
  const colleague = await createPerson(database, 'admin', person.tenantId);
  await insertBlock(person, 'Lena lives in Porto.', '2026-03-01T00:00:00Z', '2026-05-01T00:00:00Z');
  await insertBlock(person, 'Lena lives in Ghent.', '2026-05-01T00:00:00Z');
  const question = 'Where does Lena live?';
  expect(await ask(person, question)).toMatchObject([
    {
      kind: 'block',
      id: 'people/lena.md#home',
      text: 'Lena lives in Ghent.',
      commit_id: 'a'.repeat(40),
      score: 1,
      why: { text_score: 1, bm25: expect.any(Number), coverage: 1 },
    },
  ]);
  expect((await ask(person, question, '2026-04-01T00:00:00Z')).map(({ text }) => text)).toEqual([
    'Lena lives in Porto.',
  ]);
  expect(await ask(person, question, '2026-02-01T00:00:00Z')).toEqual([]);
  expect(await ask(person, 'zeppelin')).toEqual([]);
  expect(await ask(colleague, question)).toEqual([]);
});

test('finds a block by the name of its file', async () => {
  const person = await createPerson(database);
  const insert = (path: string, text: string) =>
    database.as(scopeOf(person)).query({
      name: 'test_insert_named_block',
      text: `insert into memory_blocks (tenant_id, user_id, repository, path, block, heading, text, strength, always_load, commit_id, valid_from)
        values ($1, $2, 'rep', $3, 'home', 'Home', $4, 'medium', false, repeat('a', 40), now())`,
      values: [person.tenantId, person.userId, path, text],
    });
  await insert('memories/people/ines_maria.md', 'Moved to Porto in March.');
  await insert('memories/people/paul.md', 'Moved to Ghent in May.');
  expect((await ask(person, 'Tell me about Ines')).map(({ text }) => text)).toEqual(['Moved to Porto in March.']);
  expect((await ask(person, 'When did Paul move?'))[0]).toMatchObject({ text: 'Moved to Ghent in May.' });
  expect(await ask(person, 'memories of people')).toEqual([]);
});
