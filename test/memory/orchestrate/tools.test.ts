import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCommit } from '../../../functions/entities/branch/read-branch.ts';
import { Edit } from '../../../functions/entities/files/edit.ts';
import type { HitKind } from '../../../functions/memory/hit.ts';
import { answerDeclaration } from '../../../functions/memory/orchestrate/answer-tool.ts';
import type { Desk } from '../../../functions/memory/orchestrate/read-tool.ts';
import { READ_TOOLS, toolsFor } from '../../../functions/memory/orchestrate/read-tools.ts';
import { Reading } from '../../../functions/memory/orchestrate/reading.ts';
import type { Research } from '../../../functions/memory/orchestrate/research.ts';
import { runCalls } from '../../../functions/memory/orchestrate/run-calls.ts';
import type { Database, Queryable } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, insertFacts, type Person, scopeOf } from '../../entities/people.ts';
import { ATLAS, createFile, MAYA, rememberAtlas, rememberSession } from './library.ts';

let database: Database;
let person: Person;
beforeAll(async () => {
  database = await openDatabase();
  person = await createPerson(database, 'member');
});
afterAll(closeDatabase);

const ALL: HitKind[] = ['fact', 'turn', 'block'];

async function open(
  who: Person,
  { asOf, kinds = ALL, tokens = 100_000 }: { asOf?: string; kinds?: HitKind[]; tokens?: number } = {},
) {
  const own = database.as(scopeOf(who));
  let statements = 0;
  const scoped: Queryable = {
    query: (statement) => {
      statements += 1;
      return own.query(statement);
    },
  };
  const desk: Desk = {
    scoped,
    kinds,
    asOf,
    head: await openCommit(scoped, asOf),
    ask: async (text) => ({ text, embedded: undefined }),
  };
  const research: Research = {
    desk,
    tools: toolsFor(kinds),
    reading: new Reading(tokens),
    steps: [],
    asked: new Map(),
    found: new Map(),
  };
  let turn = 0;
  const call = async (name: string, parameters: Record<string, unknown> = {}) => {
    turn += 1;
    const [result] = await runCalls(research, turn, [{ id: `call-${turn}`, name, arguments: parameters }]);
    if (result === undefined) throw new Error('A call has no result');
    return result;
  };
  return { research, call, statements: () => statements };
}

/** Follows "There is more" to its end, and answers every page. */
async function walk(call: Awaited<ReturnType<typeof open>>['call'], name: string, parameters: Record<string, unknown>) {
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

describe('each tool pages through all that there is, once, and no page is longer than its share', () => {
  let many: Person;
  /** With many commits. */
  let busy: Person;
  beforeAll(async () => {
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
    const { call } = await open(name === 'log' || name === 'timeline' ? busy : many);
    const pages = await walk(call, name, parameters);
    expect(numbersIn(pages, pattern).sort((one, other) => one - other)).toEqual(expected);
    expect(pages.length).toBeGreaterThan(1);
    // Four thousand tokens of three characters, the frame and the pointer to what follows.
    for (const page of pages) expect(page.length).toBeLessThan(4000 * 3 + 300);
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
  ])('%s sends so many statements, however much there is', async (name, parameters, most) => {
    const { call, statements } = await open(many);
    const before = statements();
    expect((await call(name, parameters)).isError).toBe(false);
    expect(statements() - before).toBe(most);
  });

  test('a range of lines and a block are read as asked, and a page goes on where the one before ended', async () => {
    const { call } = await open(many);
    const lines = await call('read_entity', { path: MAYA, from_line: 1, to_line: 4 });
    expect(lines.output).toContain('lines="1-4"');
    expect(lines.output).not.toContain('Chapter number 1.');
    const block = await call('read_entity', { path: MAYA, block: 'chapter_3' });
    expect(block.output.match(/<block/g)).toHaveLength(1);
    expect(block.output).toContain('Chapter number 3.');
    expect((await call('read_entity', { path: MAYA, from_line: 900_000 })).output).toBe('There are no such lines.');
  });

  test('what does not fit is cut and says so; when nothing fits any more it is said, and nothing is read', async () => {
    const { call, research } = await open(many, { tokens: 500 });
    const first = await call('read_session', { session_id: 'first' });
    expect(first.output).toContain('There is more: read_session with');
    let last = first;
    for (let turn = 0; !research.reading.isUsedUp; turn += 1)
      last = await call('read_session', { session_id: 'first', from_turn: 10 + turn });
    expect(last.output).toContain('You have read as much as this search may read');
    const { tokens } = research.reading;
    expect(tokens).toBeLessThanOrEqual(500);
    expect((await call('log', { path: MAYA })).output).toBe(
      'You have read as much as this search may read. Answer with what you have.',
    );
    expect(research.reading.tokens).toBe(tokens);
  });

  test('more than eight calls in one turn: the others are asked for again', async () => {
    const { research } = await open(many);
    const ten = upTo(10).map((index) => ({
      id: String(index),
      name: 'log',
      arguments: { path: `memories/people/person_00${index}.md` },
    }));
    const results = await runCalls(research, 1, ten);
    expect(results.map(({ isError }) => isError)).toEqual(upTo(10).map((index) => index >= 8));
    expect(results[9]?.output).toContain('At most 8 calls');
  });
});

describe('as of a time', () => {
  test('no tool of entity memory shows what was committed later, by commit, by time or by name', async () => {
    const who = await createPerson(database, 'member');
    await rememberAtlas(database, who);
    const [moment] = await database
      .as(scopeOf(who))
      .query<{ now: string }>({ name: 'test_now', text: 'select clock_timestamp() as now' });
    const later = await rememberSession(database, who, {
      id: 'later',
      day: '2026-06-01',
      says: [['Maya', 'Leo leads Atlas now.']],
      edits: [
        Edit.parse({
          op: 'replace',
          path: ATLAS,
          search: 'Ines Duarte since 2026-03-02',
          replacement: 'Leo since 2026-06-01',
        }),
        createFile('memories/people/leo.md', 'Leo', [['Role', 'Leo leads Atlas.']]),
      ],
    });
    const now = await open(who);
    expect((await now.call('log', { path: ATLAS })).output).toContain(later);
    expect((await now.call('read_entity', { path: ATLAS })).output).toContain('Leo since 2026-06-01');
    expect((await now.call('read_entity', { path: ATLAS, as_of: moment?.now })).output).toContain('Ines Duarte since');
    expect((await now.call('diff', { path: ATLAS })).output).toMatch(
      /before:[\s\S]*Ines Duarte[\s\S]*after:[\s\S]*Leo since/,
    );
    expect((await now.call('blame', { path: ATLAS, block: 'team' })).output).toContain(`session="later"`);

    // The session said so in the past; in the files it stands since it was committed.
    const then = await open(who, { ...(moment ? { asOf: moment.now } : {}), kinds: ['block'] });
    const asked: [string, Record<string, unknown>][] = [
      ['search', { query: 'Leo leads Atlas', as_of: '2999-01-01' }],
      ['list_entities', {}],
      ['read_entity', { path: ATLAS, as_of: '2999-01-01T00:00:00Z' }],
      ['read_entity', { path: 'memories/people/leo.md' }],
      ['log', { path: ATLAS, before: 99 }],
      ['diff', { path: ATLAS, to: '2999-01-01' }],
      ['diff', { path: ATLAS, to: later }],
      ['diff', { path: ATLAS, from: later }],
      ['blame', { path: ATLAS, block: 'team' }],
      ['timeline', {}],
      ['timeline', { month: '2026-06' }],
    ];
    for (const [name, parameters] of asked) {
      const { output } = await then.call(name, parameters);
      expect([name, output.replace('memories/people/leo.md. list', '')]).toEqual([
        name,
        expect.not.stringMatching(/Leo|leo\.md|later/),
      ]);
      if (!output.includes('There is no')) expect([name, output]).not.toEqual([name, expect.stringContaining(later)]);
    }
  });

  test('no turn that was said later is read', async () => {
    const who = await createPerson(database, 'member');
    await rememberSession(database, who, { id: 'spring', day: '2026-03-03', says: [['Maya', 'I have a cat.']] });
    const before = await open(who, { asOf: '2026-03-01T00:00:00Z' });
    expect((await before.call('read_session', { session_id: 'spring' })).output).toContain('There is no such session');
    const after = await open(who, { asOf: '2026-03-04T00:00:00Z' });
    expect((await after.call('read_session', { session_id: 'spring' })).output).toContain('I have a cat.');
  });
});

describe('what is offered', () => {
  test('only tools that read what the search may look at; with all kinds all eight, each with a schema and a reason to give', async () => {
    expect(toolsFor(['turn']).map(({ name }) => name)).toEqual(['search', 'read_session']);
    expect(toolsFor(['fact']).map(({ name }) => name)).toEqual(['search', 'blame']);
    expect(READ_TOOLS.map(({ name }) => name)).toEqual([
      'search',
      'list_entities',
      'read_entity',
      'log',
      'diff',
      'blame',
      'timeline',
      'read_session',
    ]);
    for (const { declaration } of READ_TOOLS)
      expect(declaration.parameters).toMatchObject({
        type: 'object',
        additionalProperties: false,
        properties: { why: { type: 'string' } },
      });
    expect(answerDeclaration.parameters).toMatchObject({ required: ['text', 'citations', 'confidence'] });
  });

  test('a search of facts alone finds no turn, and a blame in it shows none', async () => {
    const [fact] = await insertFacts(database, person, ['Maya likes dark tea.'], {
      scope: 'user',
      scopeId: person.userId,
      sourceKind: 'run',
      sourceId: 'tea',
    });
    await rememberSession(database, person, { id: 'tea', day: '2026-03-03', says: [['Maya', 'I like dark tea.']] });
    const facts = await open(person, { kinds: ['fact'] });
    expect((await facts.call('search', { query: 'dark tea', kinds: ['turn'] })).output).toBe(
      'This search may look at fact only.',
    );
    expect((await facts.call('search', { query: 'dark tea' })).output).not.toContain('<turn');
    expect((await facts.call('blame', { fact })).output).not.toContain('<turn');
    expect((await facts.call('blame', { path: MAYA, block: 'home' })).output).toContain('There is no file');
    const whole = await open(person);
    const { output } = await whole.call('blame', { fact });
    expect(output).toMatch(/<fact ref="F1"[\s\S]*<evidence action="inserted"[\s\S]*session="tea"[\s\S]*<turn ref="T1"/);
  });

  test('a source that was shown keeps its name, and is not shown again', async () => {
    const who = await createPerson(database, 'member');
    await rememberAtlas(database, who);
    const { call } = await open(who);
    const first = await call('search', { query: 'Ines leads Atlas', kinds: ['turn'] });
    expect(first.output).toContain('Ines Duarte leads the project Atlas');
    const again = await call('search', { query: 'project Atlas Ines', kinds: ['turn'] });
    expect(again.output).toMatch(/<turn ref="T1"[^>]* read="before"\/>/);
    expect(again.output).not.toContain('leads the project Atlas since');
  });
});
