import { afterAll, beforeAll, expect, test } from 'vitest';
import { Edit } from '../../../functions/entities/files/edit.ts';
import { runCalls } from '../../../functions/memory/orchestrate/run-calls.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { estimateTokens } from '../../../functions/platform/models/estimate-tokens.ts';
import { createPerson, insertFacts, type Person } from '../../entities/people.ts';
import { createFile, MAYA, rememberSession } from './fixtures.ts';
import { openSearch } from './open-search.ts';

let database: Database;
/** Follows "There is more" to the end and returns all pages. */
async function walk(
  call: Awaited<ReturnType<typeof openSearch>>['call'],
  name: string,
  parameters: Record<string, unknown>,
) {
  const pages: string[] = [];
  let next: Record<string, unknown> | undefined = parameters;
  while (next !== undefined) {
    const { output, isError } = await call(name, next);
    expect([isError, output.slice(0, 200)]).toEqual([false, expect.any(String)]);
    pages.push(output);
    const more: string | undefined = /There is more: \w+ with (\{.*\})/.exec(output)?.[1];
    next = more === undefined ? undefined : JSON.parse(more);
    expect(pages.length).toBeLessThan(60);
  }
  return pages;
}

const numbersIn = (pages: readonly string[], pattern: RegExp) =>
  pages.flatMap((page) => [...page.matchAll(pattern)].map(([, number]) => Number(number)));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Each tool returns every item once over all of its pages, and no page exceeds its token limit. */
let many: Person;
/** A user with many commits. */
let busy: Person;
beforeAll(async () => {
  database = await openDatabase();
  many = await createPerson(database, 'member');
  await rememberSession(database, many, {
    id: 'first',
    day: '2026-02-01',
    says: upTo(120).map((index) => [
      index % 2 ? 'Maya' : 'Leo',
      `Turn number ${index}. ${'We talked about the harbour. '.repeat(12)}`,
    ]),
    edits: [
      createFile(
        MAYA,
        'Maya',
        upTo(40).map((index) => [`Chapter ${index}`, `Chapter number ${index}.\n${'She sails.\n'.repeat(80)}`]),
      ),
      ...upTo(139).map((index) =>
        createFile(`memories/people/person_${String(index).padStart(3, '0')}.md`, `Person ${index}`, [
          ['Note', `Known as number ${index}.`],
        ]),
      ),
    ],
  });
  await insertFacts(
    database,
    many,
    upTo(30).map((index) => `The harbour has the crane number ${index}.`),
    { scope: 'user', scopeId: many.userId },
  );
  busy = await createPerson(database, 'member');
  for (const index of upTo(25)) {
    const block = { heading: `Later ${index}`, text: `Later number ${index}.`, strength: 'low', always_load: false };
    const append = Edit.parse({ op: 'append', path: MAYA, block });
    await rememberSession(database, busy, {
      id: `session-${index}`,
      day: index < 15 ? '2026-02-10' : '2026-03-10',
      edits: [index === 0 ? createFile(MAYA, 'Maya', [['Later 0', 'Later number 0.']]) : append],
    });
  }
}, 60_000);
afterAll(closeDatabase);

test.each<[string, Record<string, unknown>, RegExp, number[]]>([
  ['search', { query: 'harbour crane', kinds: ['fact'], k: 7 }, /crane number (\d+)/g, upTo(30)],
  ['list_entities', {}, /path="memories\/people\/person_(\d+)\.md"/g, upTo(139)],
  ['read_entity', { path: MAYA }, /Chapter number (\d+)\./g, upTo(40)],
  ['log', { path: MAYA }, /number="(\d+)"/g, upTo(25).map((index) => index + 1)],
  ['diff', { path: MAYA, from: '2020-01-01' }, /Chapter number (\d+)\./g, upTo(40)],
  ['timeline', {}, /\(Session: session-(\d+)\)/g, upTo(25)],
  ['read_session', { session_id: 'first' }, /Turn number (\d+)\./g, upTo(120)],
  ['read_session', { session_id: 'first', from_turn: 3, to_turn: 70 }, /Turn number (\d+)\./g, upTo(71).slice(3)],
])('%s %j', async (name, parameters, pattern, expected) => {
  const { call } = await openSearch(database, name === 'log' || name === 'timeline' ? busy : many);
  const pages = await walk(call, name, parameters);
  expect(numbersIn(pages, pattern).sort((one, other) => one - other)).toEqual(expected);
  expect(pages.length).toBeGreaterThan(1);
  // 4,000 tokens, the tags and the arguments for the next page.
  for (const page of pages) expect(estimateTokens(page)).toBeLessThan(4000 + 100);
});

test.each<[string, Record<string, unknown>, number]>([
  ['search', { query: 'harbour' }, 5],
  ['list_entities', {}, 2],
  ['read_entity', { path: MAYA }, 2],
  ['log', { path: MAYA }, 1],
  ['diff', { path: MAYA }, 5],
  ['blame', { path: MAYA, block: 'chapter_3' }, 3],
  ['timeline', {}, 2],
  ['read_session', { session_id: 'first' }, 1],
])('%s sends a constant number of statements, however much there is', async (name, parameters, most) => {
  const { call, statements } = await openSearch(database, many);
  const before = statements();
  expect((await call(name, parameters)).isError).toBe(false);
  expect(statements() - before).toBe(most);
});

test('read_entity reads a range of lines or a block, and a page continues where the previous one ended', async () => {
  const { call } = await openSearch(database, many);
  const lines = await call('read_entity', { path: MAYA, from_line: 1, to_line: 4 });
  expect(lines.output).toContain('lines="1-4"');
  expect(lines.output).not.toContain('Chapter number 1.');
  const block = await call('read_entity', { path: MAYA, block: 'chapter_3' });
  expect(block.output.match(/<block/g)).toHaveLength(1);
  expect(block.output).toContain('Chapter number 3.');
  expect((await call('read_entity', { path: MAYA, from_line: 900_000 })).output).toBe('There are no such lines.');
});

test('cuts what does not fit and says so; reads nothing when the budget is used up', async () => {
  const { call, search } = await openSearch(database, many, { tokens: 500 });
  const first = await call('read_session', { session_id: 'first' });
  expect(first.output).toContain('There is more: read_session with');
  let last = first;
  for (let turn = 0; !search.shownSources.isUsedUp; turn += 1)
    last = await call('read_session', { session_id: 'first', from_turn: 10 + turn });
  expect(last.output).toContain('You have read as much as this search may read');
  const { tokens } = search.shownSources;
  expect(tokens).toBeLessThanOrEqual(500);
  expect((await call('log', { path: MAYA })).output).toBe(
    'You have read as much as this search may read. Answer with what you have.',
  );
  expect(search.shownSources.tokens).toBe(tokens);
});

test('refuses more than eight calls in one turn', async () => {
  const { search } = await openSearch(database, many);
  const ten = upTo(10).map((index) => ({
    id: String(index),
    name: 'log',
    arguments: { path: `memories/people/person_00${index}.md` },
  }));
  const results = await runCalls(search, 1, ten);
  expect(results.map(({ isError }) => isError)).toEqual(upTo(10).map((index) => index >= 8));
  expect(results[9]?.output).toContain('At most 8 calls');
});
