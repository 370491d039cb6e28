import { afterAll, beforeAll, expect, test } from 'vitest';
import { archiveTurns } from '../../../functions/entities/archive-turns.ts';
import { archiveSession } from '../../../functions/entities/session.ts';
import { searchMemory } from '../../../functions/memory/endpoints/search-memory.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, insertFacts, type Person, scopeOf, serveFunctions } from '../people.ts';

/** A name with one wrong letter is found in facts, turns and blocks; ordinary words are not corrected. */

let database: Database;
let server: Awaited<ReturnType<typeof serveFunctions>>;
let anna: Person;
let ben: Person;

beforeAll(async () => {
  database = await openDatabase();
  server = await serveFunctions([searchMemory]);
  anna = await createPerson(database);
  ben = await createPerson(database, 'member', anna.tenantId);
  await insertFacts(database, anna, [
    'The harbour of Visby freezes in January.',
    'Our accountant is called Quintus Aurelius.',
    'The house has a red door.',
    'Ottoline waters the plants.',
    'Mouse traps are in the cellar. Teams of the harbour are teams of four.',
  ]);
  await insertFacts(database, anna, ['My doctor is Dr Rosalind Ferreira.'], { scope: 'user', scopeId: anna.userId });
  await archive(anna, [
    ['Caroline', 'I adopted a greyhound in spring.'],
    ['Melanie', 'How lovely! My brother Thibault has one, too.'],
  ]);
  await database.as(scopeOf(anna)).query({
    name: 'test_insert_block',
    text: `insert into memory_blocks (tenant_id, user_id, repository, path, block, heading, text, strength, always_load, commit_id, valid_from)
      values ($1, $2, 'rep', 'memories/people/ingeborg_lund.md', 'home', 'Home', 'Moved to Porto in March.', 'medium', false, repeat('a', 40), now())`,
    values: [anna.tenantId, anna.userId],
  });
}, 60_000);
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

async function archive({ tenantId, userId }: Person, lines: [speaker: string, text: string][]) {
  const sessionId = createId('run');
  const turns = lines.map(([speaker, text]) => ({ speaker, text, said_at: '2026-03-01T10:00:00Z' }));
  const material = { task: '', reports: [], model: { provider: 'gemini' as const, model: 'gemini-2.5-flash' } };
  await database.as(scopeOf({ tenantId, userId })).transaction(async (transaction) => {
    await archiveSession(transaction, { tenantId, userId, runId: sessionId, kind: 'transcript', material });
    await archiveTurns(transaction, { tenantId, userId, sessionId, turns });
  });
}

async function search(person: Person, query: string) {
  const { status, body } = await server.call(person, 'POST', '/api/v1/memory/search', { query });
  expect(status).toBe(200);
  return { first: body.items?.[0]?.text, texts: body.items?.map(({ text }) => text), corrected: body.corrected };
}

test.for([
  ['Who is Quintos?', 'quintos', 'quintus', 'Our accountant is called Quintus Aurelius.'],
  ['who is quintsu', 'quintsu', 'quintus', 'Our accountant is called Quintus Aurelius.'],
  ['When does Vsby freeze?', 'vsby', 'visby', 'The harbour of Visby freezes in January.'],
  ['What does Otoline do?', 'otoline', 'ottoline', 'Ottoline waters the plants.'],
  ['Where is Ferrreira?', 'ferrreira', 'ferreira', 'My doctor is Dr Rosalind Ferreira.'],
  ['What about Thibautl?', 'thibautl', 'thibault', 'How lovely! My brother Thibault has one, too.'],
  ['Which animal did Caroine adopt?', 'caroine', 'caroline', 'I adopted a greyhound in spring.'],
  ['Where does Ingebrog live?', 'ingebrog', 'ingeborg', 'Moved to Porto in March.'],
])('corrects one wrong letter: %s', async ([query = '', word, name, text]) => {
  const { first, corrected } = await search(anna, query);
  expect(first).toBe(text);
  expect(corrected).toEqual([{ word, name }]);
});

test('does not correct a known name or an unknown ordinary word', async () => {
  expect((await search(anna, 'Who is Quintus?')).corrected).toEqual([]);
  expect((await search(anna, 'Does Melanie know Caroline?')).corrected).toEqual([]);
  // "House" occurs in lower case, "Mouse" at the start of a sentence, "Teams" in both ways.
  for (const word of ['horse', 'moose', 'beams']) {
    expect(await search(anna, word)).toMatchObject({ texts: [], corrected: [] });
  }
});

test('does not correct to names that only other users have', async () => {
  expect((await search(ben, 'Who is Quintos?')).corrected).toEqual([{ word: 'quintos', name: 'quintus' }]);
  for (const private_ of ['Rosalynd', 'Caroine', 'Thibautl', 'Ingebrog']) {
    expect(await search(ben, private_)).toMatchObject({ texts: [], corrected: [] });
  }
  expect(await search(await createPerson(database), 'Quintos')).toMatchObject({ texts: [], corrected: [] });
});

test('does not correct to an erased name', async () => {
  const carl = await createPerson(database);
  const [id] = await insertFacts(database, carl, ['The gardener is called Wolfgang.']);
  expect((await search(carl, 'Wolfgnag')).corrected).toEqual([{ word: 'wolfgnag', name: 'wolfgang' }]);
  await database.as(scopeOf(carl)).query({ name: 'test_erase', text: 'select delete_memory($1)', values: [id] });
  expect(await search(carl, 'Wolfgnag')).toMatchObject({ texts: [], corrected: [] });
});
