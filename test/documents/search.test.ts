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
])('finds the right chunk first for the question: %s', async (question, beginning) => {
  const { items } = await search(anna, question);
  expect(items[0]?.content.startsWith(beginning)).toBe(true);
});

test('returns what a citation needs, with scores and ranks', async () => {
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

test('gives the score 1 to a chunk that is first by words and by vectors', async () => {
  const { items } = await search(anna, CHUNKS[2] ?? '');
  expect(items[0]).toMatchObject({ content: CHUNKS[2], why: { text_rank: 1, vector_rank: 1 } });
  expect(items[0]?.score).toBeCloseTo(1, 9);
});

test('finds chunks by words that occur beside the question’s words (relevance feedback)', async () => {
  const person = await createPerson(database);
  await insertDocument(database, person, 'wings.txt', [
    'Flutter of a swept wing: flutter speed depends on sweep and on torsional stiffness.',
    'Flutter tests: flutter of wings with low torsional stiffness at high sweep.',
    'Torsional stiffness of a box beam with sweep was measured.',
    'Cooking rice takes eighteen minutes.',
  ]);
  const { items } = await search(person, 'flutter');
  // This chunk has no word of the question, only words of the chunks that have one.
  expect(items[2]).toMatchObject({ content: expect.stringContaining('box beam'), why: { text_rank: 3 } });
  expect(items).toHaveLength(3);
});

test('limits the result to k chunks and to one document', async () => {
  const other = await insertDocument(database, anna, 'notes.md', [
    'Leave the keys with the porter.',
    'Paid leave is planned in January.',
  ]);
  expect((await search(anna, 'leave', 1)).items).toHaveLength(1);
  const { items } = await search(anna, 'paid leave', 10, other);
  expect(new Set(items.map(({ document_id }) => document_id))).toEqual(new Set([other]));
  expect(items[0]?.content).toBe('Paid leave is planned in January.');
});

test('returns an empty list for unknown words, an empty question and a user without documents', async () => {
  expect(contentsOf(await search(anna, 'zyzzyva quetzalcoatlus'))).toEqual([]);
  expect(await search(anna, '  ')).toEqual({ items: [], embedder: null });
  expect(contentsOf(await search(await createPerson(database), 'vacation'))).toEqual([]);
});

describe('documents of other users', () => {
  const secret = 'The merger with Quetzal Industries is signed on the third of May.';

  test('of another tenant are never found, by exact words or by meaning', async () => {
    const bob = await createPerson(database);
    await insertDocument(database, bob, 'merger.txt', [secret]);
    expect(contentsOf(await search(bob, secret))).toEqual([secret]);
    for (const question of [secret, 'Quetzal', 'merger'])
      expect(contentsOf(await search(anna, question))).not.toContain(secret);
  });

  test('of the same tenant are never found', async () => {
    const colleague = await createPerson(database, 'admin', anna.tenantId);
    await insertDocument(database, colleague, 'merger.txt', [secret]);
    expect(contentsOf(await search(colleague, secret))).toEqual([secret]);
    expect(contentsOf(await search(anna, secret))).not.toContain(secret);
  });

  test('change no score', async () => {
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

  test('are invisible to a statement without a condition (row-level security)', async () => {
    const colleague = await createPerson(database, 'member', anna.tenantId);
    for (const table of ['documents', 'document_chunks']) {
      const name = `test_count_${table}`;
      const text = `select count(*)::int as seen from ${table}`;
      expect(await database.as(scopeOf(colleague)).query({ name, text })).toEqual([{ seen: 0 }]);
    }
  });

  test('cannot be counted with count_in_chunks, which only its owner may call', async () => {
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
])('treats %j as text, not as an operator', async (question) => {
  const { items } = await search(anna, question);
  expect(Array.isArray(items)).toBe(true);
  // Next to a word they do not change which chunks the word finds.
  const withWord = await search(anna, `${question} plants`);
  expect(withWord.items.some(({ content }) => content.startsWith('Office'))).toBe(true);
});
