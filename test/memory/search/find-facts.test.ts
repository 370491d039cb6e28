import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFacts } from '../../../functions/memory/search/find-facts.ts';
import { embedQuery } from '../../../functions/memory/search/query.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { createPerson, forever, insertFacts, type Person, scopeOf } from '../../entities/people.ts';

let database: Database;
let anna: Person;

const FACTS = [
  'The payments service writes every transfer to the ledger table in PostgreSQL.',
  'Deployments to production happen on Tuesdays and never on Fridays.',
  'The frontend is written in Vue with TypeScript in strict mode.',
  'Passwords are hashed with argon2id and a memory cost of 64 MB.',
  'Anna prefers tabs over spaces in every repository.',
  'The login endpoint is POST /api/v1/auth/login and answers 429 after ten tries.',
  'Invoices are sent as PDF from the file functions/billing/render-invoice.ts.',
  'The staging cluster runs in europe-north1 and is rebuilt each night.',
  'Customer data must not leave the European Union.',
  'Error messages for customers are written in Swedish first.',
  'The search index is refreshed every ten minutes by a timer.',
  'Large uploads go directly to the bucket with a signed URL.',
  'Bob owns the migration from MySQL to PostgreSQL.',
  'Feature flags live in the table settings and are read once a minute.',
  'The design system uses an eight pixel grid.',
  'Unit tests run with vitest and must not open the network.',
  'The mobile application supports Android 12 and later.',
  'Webhooks are signed with HMAC and expire after five minutes.',
  'The team meets for planning every second Monday.',
  'Backups are kept for thirty days in another region.',
  'Rate limits are counted per tenant in Redis.',
  'The chat client reconnects with exponential backoff.',
  'Images are resized to three widths when they are uploaded.',
  'The analytics pipeline loads events into BigQuery every hour.',
  'Accessibility is checked with axe in the nightly build.',
  'The company was founded in Gothenburg in 2019.',
  'Email is delivered through Postmark from the domain mail.example.org.',
  'Currency amounts are stored as integers in the smallest unit.',
  'The API returns problem details in the format of RFC 9457.',
  'Translations are kept in the folder locales as JSON files.',
];

/** A query, and the beginning of the fact that answers it. */
const QUESTIONS: [string, string][] = [
  ['When do we deploy to production?', 'Deployments to production'],
  ['Which database does the payments service write transfers to?', 'The payments service'],
  ['How are passwords hashed?', 'Passwords are hashed'],
  ['Does Anna like tabs or spaces?', 'Anna prefers tabs'],
  ['Where is the login endpoint?', 'The login endpoint'],
  ['Which file renders invoices?', 'Invoices are sent'],
  ['Who is responsible for migrating from MySQL?', 'Bob owns'],
  ['what language are the errors shown to customers in', 'Error messages'],
  ['May customer data leave the EU?', 'Customer data'],
  ['how long are backups kept', 'Backups are kept'],
  ['What is the grid of the design system?', 'The design system'],
  ['How do clients upload big files? signed url', 'Large uploads'],
  ['test framework vitest network', 'Unit tests'],
  ['Which versions of Android are supported?', 'The mobile application'],
  ['how are webhooks verified: signature', 'Webhooks are signed'],
  ['planning meeting', 'The team meets'],
  ['money amounts integers', 'Currency amounts'],
  ['In what framework is the frontend written?', 'The frontend'],
  ['render-invoice.ts', 'Invoices are sent'],
  ['/api/v1/auth', 'The login endpoint'],
];

beforeAll(async () => {
  database = await openDatabase();
  anna = await createPerson(database);
  await insertFacts(database, anna, FACTS);
}, 60_000);
afterAll(closeDatabase);

async function search(person: Person, query: string, limit = 5, filter = {}) {
  return findFacts(database.as(scopeOf(person)), await embedQuery(database, person, query, forever), {
    limit,
    ...filter,
  });
}

test('finds the fact for queries in other words: first for 9 in 10, among five for all', async () => {
  let first = 0;
  const missed: string[] = [];
  for (const [question, answer] of QUESTIONS) {
    const found = await search(anna, question);
    if (found[0]?.text.startsWith(answer)) first += 1;
    if (!found.some(({ text }) => text.startsWith(answer))) missed.push(question);
  }
  expect(missed).toEqual([]);
  expect(first).toBeGreaterThanOrEqual(QUESTIONS.length * 0.9);
});

test('answers a query of stop words by its vector', async () => {
  const person = await createPerson(database);
  await insertFacts(database, person, ['To be or not to be.', 'The team likes green tea.']);
  const found = await search(person, 'to be or not to be');
  expect(found.map(({ text }) => text)).toEqual(['To be or not to be.']);
  expect(found[0]?.why).toMatchObject({ text_score: 0, bm25: 0, vector_score: 1 });
});

test('returns the signals, source, trust and dates of a hit', async () => {
  const [hit] = await search(anna, 'Gothenburg');
  expect(hit).toMatchObject({
    text: 'The company was founded in Gothenburg in 2019.',
    why: { text_score: 1, bm25: expect.any(Number), similarity: expect.any(Number) },
    source_kind: 'person',
    trust: 'trusted',
    valid_from: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    embedder: 'feature-hashing-v1',
  });
  expect(hit?.score).toBeGreaterThan(0);
  expect(hit?.score).toBeLessThanOrEqual(1);
  expect(hit?.why.bm25).toBeGreaterThan(0);
});

test('returns hits best first, without hits of score zero', async () => {
  const found = await search(anna, 'Which service writes to the PostgreSQL table?', 50);
  const scores = found.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((one, other) => other - one));
  expect(Math.min(...scores)).toBeGreaterThan(0);
  expect(found.length).toBeLessThan(FACTS.length);
});

test('returns an empty list when nothing matches and for an empty memory', async () => {
  expect(await search(anna, 'zyzzyva quetzalcoatlus')).toEqual([]);
  const newcomer = await createPerson(database);
  expect(await search(newcomer, 'When do we deploy?')).toEqual([]);
});

test('ranks rare words above frequent ones', async () => {
  const person = await createPerson(database);
  await insertFacts(database, person, [
    'The service alpha answers in ten milliseconds.',
    'The service beta answers in twenty milliseconds.',
    'The service gamma answers in thirty milliseconds.',
    'Only the quokka team may restart it.',
  ]);
  const [hit] = await search(person, 'service answers milliseconds quokka team restart');
  expect(hit?.text).toContain('quokka');
});

test.each([
  `'`,
  `"`,
  '%',
  '_',
  '\\',
  '&',
  '|',
  '!',
  ':*',
  `o'reilly & sons`,
  `'); drop table memories; --`,
  '100% _sure_ \\ a|b & !c :* <->',
  `:'`,
  `\\'`,
  '((((',
  '🙂',
  '\u200b',
  `${'a'.repeat(1999)}'`,
  '\ud83d',
])('treats special characters of a query as text: %s', async (query) => {
  const found = await search(anna, `${query} Gothenburg`.slice(-1990));
  expect(found[0]?.text).toContain('Gothenburg');
  expect(Array.isArray(await search(anna, query))).toBe(true);
});

test('treats special characters of a fact as text', async () => {
  const person = await createPerson(database);
  const odd = `The key is 'a\\b' & "c|d" :* !x <-> %_% and https://example.org/a?b=1&c='2'`;
  await insertFacts(database, person, [odd, 'Something else entirely.']);
  const [hit] = await search(person, `https://example.org/a?b=1&c='2'`);
  expect(hit?.text).toBe(odd);
});

test('never compares vectors of different embedders', async () => {
  const person = await createPerson(database);
  const same = new Array<number>(768).fill(Math.sqrt(1 / 768));
  await insertFacts(database, person, ['Made by the one.'], { embedder: 'one', embedding: same });
  await insertFacts(database, person, ['Made by the other.'], { embedder: 'other', embedding: same });
  const query = { text: 'xyzzy', embedded: { vectors: [same], embedder: 'one', paid: undefined } };
  const found = await findFacts(database.as(scopeOf(person)), query, { limit: 10 });
  expect(found.map(({ text }) => text)).toEqual(['Made by the one.']);
  const byText = { text: 'made by', embedded: query.embedded };
  const both = await findFacts(database.as(scopeOf(person)), byText, { limit: 10 });
  expect(both.find(({ embedder }) => embedder === 'other')?.why.similarity).toBeNull();
  expect(both).toHaveLength(2);
});

test('searches by text when the query has no vector', async () => {
  const found = await findFacts(database.as(scopeOf(anna)), { text: 'Gothenburg', embedded: undefined }, { limit: 3 });
  expect(found.map(({ text }) => text)).toEqual(['The company was founded in Gothenburg in 2019.']);
});

test('returns the same text of two scopes once', async () => {
  const person = await createPerson(database);
  const run = createId('run');
  const learned = { trust: 'untrusted', sourceKind: 'run' } as const;
  await insertFacts(database, person, ['The cache is a Redis of 2 GB.'], { ...learned, scope: 'sprint', scopeId: run });
  await insertFacts(database, person, ['The cache is a Redis of 2 GB.'], {
    ...learned,
    scope: 'worker',
    scopeId: 'backend',
  });
  await insertFacts(database, person, ['the cache is a redis of 2 GB.']);
  const found = await search(person, 'How large is the cache?');
  expect(found.map(({ trust }) => trust)).toEqual(['trusted']);
});
