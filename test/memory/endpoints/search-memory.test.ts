import { afterAll, beforeAll, expect, test } from 'vitest';
import { searchMemory } from '../../../functions/memory/endpoints/search-memory.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { environment } from '../../../functions/platform/environment.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, insertFacts, type Person, serveFunctions } from '../../entities/people.ts';
import { startScriptedGemini } from '../../support/scripted-gemini.ts';

const database = await openDatabase();
let server: Awaited<ReturnType<typeof serveFunctions>>;
let admin: Person;
beforeAll(async () => {
  server = await serveFunctions([searchMemory]);
  admin = await createPerson(database, 'admin');
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const search = (person: Person | undefined, body: unknown) =>
  server.call(person, 'POST', '/api/v1/memory/search', body);
const unique = () => createId('word').slice(-12);

test('200: returns hits with score and reason, also to a viewer', async () => {
  const viewer = await createPerson(database, 'viewer', admin.tenantId);
  const word = unique();
  await insertFacts(database, admin, [`The secret ingredient is ${word}.`]);
  const found = await search(viewer, { query: `What about ${word}?` });
  expect(found).toMatchObject({ status: 200, body: { embedder: 'feature-hashing-v1' } });
  // Only the first hit is certain: the random word may share some letters with another fact.
  expect(found.body.items?.[0]).toMatchObject({
    text: expect.stringContaining(word),
    score: expect.any(Number),
    trust: 'trusted',
    source: 'a test',
    why: { text_score: 1 },
  });
});

test('200: `k` and `scope` limit the hits', async () => {
  const person = await createPerson(database);
  await insertFacts(
    database,
    person,
    Array.from({ length: 9 }, (_, n) => `The lighthouse number ${n} is red.`),
  );
  await insertFacts(database, person, ['My lighthouse is white.'], { scope: 'user', scopeId: person.userId });
  expect((await search(person, { query: 'lighthouse' })).body.items).toHaveLength(5);
  expect((await search(person, { query: 'lighthouse', k: 50 })).body.items).toHaveLength(10);
  const own = await search(person, { query: 'lighthouse', scope: 'user' });
  expect(own.body.items?.map(({ text }) => text)).toEqual(['My lighthouse is white.']);
});

test('200 with an empty list for an empty memory', async () => {
  const newcomer = await createPerson(database);
  expect(await search(newcomer, { query: 'anything' })).toMatchObject({ status: 200, body: { items: [] } });
});

test('200 without another tenant’s facts and without another user’s private and untrusted ones', async () => {
  const member = await createPerson(database, 'member', admin.tenantId);
  const stranger = await createPerson(database, 'admin');
  const word = unique();
  await insertFacts(database, stranger, [`Tenant B alone knows ${word}.`]);
  await insertFacts(database, member, [`My hint is ${word}.`], { scope: 'user', scopeId: member.userId });
  await insertFacts(database, member, [`The page said ${word}.`], {
    trust: 'untrusted',
    scope: 'worker',
    scopeId: 'backend',
    sourceKind: 'web',
  });
  const containing = async (person: Person) =>
    (await search(person, { query: word, k: 50 })).body.items?.filter(({ text }) => text.includes(word));
  expect(await containing(admin)).toEqual([]);
  expect(await containing(member)).toHaveLength(2);
  expect(await containing(stranger)).toHaveLength(1);
});

test.each(["'", '%', '_', '\\', '&', '|', '!', ':*', `' % _ \\ & | ! :*`])(
  '200 for the special characters %s',
  async (query) => {
    expect((await search(admin, { query })).status).toBe(200);
  },
);

test('200 with `embedder: null` and text hits when the embedding provider fails', async () => {
  let fails = true;
  const gemini = await startScriptedGemini({
    answer: () => ({ text: '' }),
    embed: (_, dimensions) =>
      fails
        ? { failure: { status: 400, code: 'INVALID_ARGUMENT' } }
        : Array.from({ length: dimensions }, (_value, index) => (index === 0 ? 1 : 0)),
  });
  const { GEMINI_API_KEY, GOOGLE_GEMINI_BASE_URL } = environment;
  const person = await createPerson(database);
  await insertFacts(database, person, ['The harbour is in Gothenburg.']);
  Object.assign(environment, { GEMINI_API_KEY: 'scripted-key', GOOGLE_GEMINI_BASE_URL: gemini.url });
  try {
    expect(await search(person, { query: 'Gothenburg' })).toMatchObject({
      status: 200,
      body: { embedder: null, items: [{ text: 'The harbour is in Gothenburg.', why: { similarity: null } }] },
    });
    fails = false;
    expect((await search(person, { query: 'Gothenburg' })).body.embedder).toBe('gemini-embedding-001');
  } finally {
    Object.assign(environment, { GEMINI_API_KEY, GOOGLE_GEMINI_BASE_URL });
    await gemini.close();
  }
});

test('401 without a token', async () => {
  expect((await search(undefined, { query: 'x' })).status).toBe(401);
});

test.each([
  {},
  { query: '' },
  { query: ' ' },
  { query: 'x'.repeat(2001) },
  { query: 'x', k: 0 },
  { query: 'x', k: 51 },
  { query: 'x', k: 1.5 },
  { query: 'x', user_id: 'usr_other' },
  { query: 'x', kinds: [] },
  { query: 'x', kinds: ['secret'] },
  { query: 'x', as_of: 'April' },
  { query: 'x', as_of: '2026-04-01T00:00:00' },
  { query: 'x', as_of: '2026-04-01T00:00:00+17:00' },
  { query: 'x', as_of: '9999-12-31T23:59:59-01:00' },
  { query: 'x', max_tokens: 0 },
])('422 for %j', async (body) => {
  expect((await search(admin, body)).status).toBe(422);
});
