import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { searchDocuments } from '../../functions/documents/search.ts';
import type { Database } from '../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../functions/platform/database/open.ts';
import { createPerson, forever, type Person, scopeOf } from '../entities/people.ts';
import { insertDocument } from './chunks.ts';

let database: Database;
let anna: Person;
let handbook: string;

const CHUNKS = [
  'Vacation: every employee has thirty days of paid leave a year. Leave that is not taken by the end of March is lost.',
  'Travel: trains are booked in second class, flights only for more than six hours by train. Receipts go to expenses@example.org.',
  'Security: laptops are encrypted, passwords have at least fourteen characters, and lost devices are reported at once.',
  'Parental leave: both parents may stay at home for fourteen months together and keep their post.',
  'Working hours: core time is from ten to three; the rest of the day is free to choose, also for part-time contracts.',
  'The login endpoint is POST /api/v1/auth/login and answers 429 after ten tries.',
  'Office: the kitchen is cleaned on Fridays, the plants are watered by whoever sits next to them.',
];

beforeAll(async () => {
  database = await openDatabase();
  anna = await createPerson(database);
  handbook = await insertDocument(database, anna, 'handbook.pdf', CHUNKS);
});
afterAll(closeDatabase);

function search(person: Pick<Person, 'tenantId' | 'userId'>, question: string, k = 5, documentId?: string) {
  return searchDocuments({ database, payer: person, question, k, documentId, signal: forever });
}
const contentsOf = ({ items }: Awaited<ReturnType<typeof search>>) => items.map(({ content }) => content);

test.each([
  ['How many days of paid leave does an employee have?', 'Vacation'],
  ['May I fly to a meeting or must I take the train?', 'Travel'],
  ['what do I do when my laptop is lost', 'Security'],
  ['How long can parents stay at home together?', 'Parental leave'],
  ['where is login', 'The login endpoint'],
  ['/api/v1/auth', 'The login endpoint'],
  ['who waters the plants', 'Office'],
])('a question in plain words finds its chunk first: %s', async (question, beginning) => {
  const { items } = await search(anna, question);
  expect(items[0]?.content.startsWith(beginning)).toBe(true);
});

test('a hit has what a citation needs, and says why', async () => {
  const { items, embedder } = await search(anna, 'core time of working hours');
  expect(embedder).toBe('feature-hashing-v1');
  expect(items[0]).toMatchObject({
    id: expect.stringMatching(/^chk_/),
    document_id: handbook,
    filename: 'handbook.pdf',
    chunk_index: 4,
    why: { text_rank: 1, bm25: expect.any(Number), similarity: expect.any(Number) },
  });
  const scores = items.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((one, other) => other - one));
  expect(Math.max(...scores)).toBeLessThanOrEqual(1);
  expect(Math.min(...scores)).toBeGreaterThan(0);
});

test('what is first by words and by meaning has the score 1', async () => {
  const { items } = await search(anna, CHUNKS[2] ?? '');
  expect(items[0]).toMatchObject({ content: CHUNKS[2], why: { text_rank: 1, vector_rank: 1 } });
  expect(items[0]?.score).toBeCloseTo(1, 9);
});

test('words that stand beside the question’s words find more: relevance feedback', async () => {
  const person = await createPerson(database);
  await insertDocument(database, person, 'wings.txt', [
    'Flutter of a swept wing: flutter speed depends on sweep and on torsional stiffness.',
    'Flutter tests: flutter of wings with low torsional stiffness at high sweep.',
    'Torsional stiffness of a box beam with sweep was measured.',
    'Cooking rice takes eighteen minutes.',
  ]);
  const { items } = await search(person, 'flutter');
  // It has no word of the question, and words of those that have.
  expect(items[2]).toMatchObject({ content: expect.stringContaining('box beam'), why: { text_rank: 3 } });
  expect(items).toHaveLength(3);
});

test('k and a document narrow it', async () => {
  const other = await insertDocument(database, anna, 'notes.md', [
    'Leave the keys with the porter.',
    'Paid leave is planned in January.',
  ]);
  expect((await search(anna, 'leave', 1)).items).toHaveLength(1);
  const { items } = await search(anna, 'paid leave', 10, other);
  expect(new Set(items.map(({ document_id }) => document_id))).toEqual(new Set([other]));
  expect(items[0]?.content).toBe('Paid leave is planned in January.');
});

test('what nothing answers, an empty question and no documents get an empty list', async () => {
  expect(contentsOf(await search(anna, 'zyzzyva quetzalcoatlus'))).toEqual([]);
  expect(await search(anna, '  ')).toEqual({ items: [], embedder: null });
  expect(contentsOf(await search(await createPerson(database), 'vacation'))).toEqual([]);
});

describe('nobody else’s documents', () => {
  const secret = 'The merger with Quetzal Industries is signed on the third of May.';

  test('of another tenant are found, to the letter or by meaning (attack 26)', async () => {
    const bob = await createPerson(database);
    await insertDocument(database, bob, 'merger.txt', [secret]);
    expect(contentsOf(await search(bob, secret))).toEqual([secret]);
    for (const question of [secret, 'Quetzal', 'merger'])
      expect(contentsOf(await search(anna, question))).not.toContain(secret);
  });

  test('of another person of the tenant neither', async () => {
    const colleague = await createPerson(database, 'admin', anna.tenantId);
    await insertDocument(database, colleague, 'merger.txt', [secret]);
    expect(contentsOf(await search(colleague, secret))).toEqual([secret]);
    expect(contentsOf(await search(anna, secret))).not.toContain(secret);
  });

  test('move a score', async () => {
    const question = 'paid leave for parents';
    const before = await search(anna, question);
    const bob = await createPerson(database);
    await insertDocument(
      database,
      bob,
      'leave.txt',
      Array.from({ length: 30 }, (_, n) => `Paid leave ${n} for parents.`),
    );
    expect(await search(anna, question)).toEqual(before);
  });

  test('are seen by a statement that forgets to ask', async () => {
    const colleague = await createPerson(database, 'member', anna.tenantId);
    for (const table of ['documents', 'document_chunks']) {
      const name = `test_count_${table}`;
      const text = `select count(*)::int as seen from ${table}`;
      expect(await database.as(scopeOf(colleague)).query({ name, text })).toEqual([{ seen: 0 }]);
    }
  });

  test('can be had from the function behind, which only its owner may call', async () => {
    const call = database.as(scopeOf(anna)).query({
      name: 'test_count_in_chunks',
      text: `select * from count_in_chunks('{leav}')`,
    });
    await expect(call).rejects.toMatchObject({ code: '42501' });
  });
});

test.each([
  `'`,
  `''`,
  '"',
  '%',
  '_',
  '\\',
  '\\\\',
  '&',
  '|',
  '!',
  ':*',
  '(',
  '<->',
  `' % _ \\ & | ! :*`,
  `o'reilly & sons' | !(leave:*)`,
  '$1 $$ --',
  `'); drop table document_chunks; --`,
  '\u0000',
  '\ud800',
  'NaN',
  '🦉',
])('signs are text (attack 42): %j', async (question) => {
  const { items } = await search(anna, question);
  expect(Array.isArray(items)).toBe(true);
  // Beside a word they change nothing of what is found by words.
  const withWord = await search(anna, `${question} plants`);
  expect(withWord.items.some(({ content }) => content.startsWith('Office'))).toBe(true);
});
