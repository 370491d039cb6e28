import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Edit } from '../../../functions/entities/files/edit.ts';
import { answerDeclaration } from '../../../functions/memory/orchestrate/answer-tool.ts';
import type { HitKind } from '../../../functions/memory/search/hit.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createPerson, insertFacts, type Person, scopeOf } from '../../entities/people.ts';
import { ATLAS, createFile, MAYA, rememberAtlas, rememberSession } from './fixtures.ts';
import { ALL, openSearch } from './open-search.ts';

let database: Database;
let person: Person;
beforeAll(async () => {
  database = await openDatabase();
  person = await createPerson(database, 'member');
});
afterAll(closeDatabase);

describe('as of a time', () => {
  test('no entity tool shows a later commit, by commit, by time or by name', async () => {
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
    const now = await openSearch(database, who);
    expect((await now.call('log', { path: ATLAS })).output).toContain(later);
    expect((await now.call('read_entity', { path: ATLAS })).output).toContain('Leo since 2026-06-01');
    expect((await now.call('read_entity', { path: ATLAS, as_of: moment?.now })).output).toContain('Ines Duarte since');
    expect((await now.call('diff', { path: ATLAS })).output).toMatch(
      /before:[\s\S]*Ines Duarte[\s\S]*after:[\s\S]*Leo since/,
    );
    expect((await now.call('blame', { path: ATLAS, block: 'team' })).output).toContain(`session="later"`);

    // The session was said earlier, but its change is in the files only since the commit.
    const then = await openSearch(database, who, { ...(moment ? { asOf: moment.now } : {}), kinds: ['block'] });
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

  test('read_session shows no turn that was said later', async () => {
    const who = await createPerson(database, 'member');
    await rememberSession(database, who, { id: 'spring', day: '2026-03-03', says: [['Maya', 'I have a cat.']] });
    const before = await openSearch(database, who, { asOf: '2026-03-01T00:00:00Z' });
    expect((await before.call('read_session', { session_id: 'spring' })).output).toContain('There is no such session');
    const after = await openSearch(database, who, { asOf: '2026-03-04T00:00:00Z' });
    expect((await after.call('read_session', { session_id: 'spring' })).output).toContain('I have a cat.');
  });
});

describe('the offered tools', () => {
  test('are those that read the searched kinds, each with a schema and the parameter `why`', async () => {
    const toolsFor = async (kinds: HitKind[]) => (await openSearch(database, person, { kinds })).search.tools;
    const namesFor = async (kinds: HitKind[]) => (await toolsFor(kinds)).map(({ name }) => name);
    expect(await namesFor(['turn'])).toEqual(['search', 'read_session']);
    expect(await namesFor(['fact'])).toEqual(['search', 'blame']);
    expect(await namesFor(ALL)).toEqual([
      'search',
      'list_entities',
      'read_entity',
      'log',
      'diff',
      'blame',
      'timeline',
      'read_session',
    ]);
    for (const { declaration } of await toolsFor(ALL))
      expect(declaration.parameters).toMatchObject({
        type: 'object',
        additionalProperties: false,
        properties: { why: { type: 'string' } },
      });
    expect(answerDeclaration.parameters).toMatchObject({ required: ['text', 'citations', 'confidence'] });
  });

  test('show no turn in a search of facts', async () => {
    const [fact] = await insertFacts(database, person, ['Maya likes dark tea.'], {
      scope: 'user',
      scopeId: person.userId,
      sourceKind: 'run',
      sourceId: 'tea',
    });
    await rememberSession(database, person, { id: 'tea', day: '2026-03-03', says: [['Maya', 'I like dark tea.']] });
    const facts = await openSearch(database, person, { kinds: ['fact'] });
    expect((await facts.call('search', { query: 'dark tea', kinds: ['turn'] })).output).toBe(
      'This search may look at fact only.',
    );
    expect((await facts.call('search', { query: 'dark tea' })).output).not.toContain('<turn');
    expect((await facts.call('blame', { fact })).output).not.toContain('<turn');
    expect((await facts.call('blame', { path: MAYA, block: 'home' })).output).toContain('There is no file');
    const whole = await openSearch(database, person);
    const { output } = await whole.call('blame', { fact });
    expect(output).toMatch(/<fact ref="F1"[\s\S]*<evidence action="inserted"[\s\S]*session="tea"[\s\S]*<turn ref="T1"/);
  });

  test('refer to a source that was shown before by the same ref, without its text', async () => {
    const who = await createPerson(database, 'member');
    await rememberAtlas(database, who);
    const { call } = await openSearch(database, who);
    const first = await call('search', { query: 'Ines leads Atlas', kinds: ['turn'] });
    expect(first.output).toContain('Ines Duarte leads the project Atlas');
    const again = await call('search', { query: 'project Atlas Ines', kinds: ['turn'] });
    expect(again.output).toMatch(/<turn ref="T1"[^>]* read="before"\/>/);
    expect(again.output).not.toContain('leads the project Atlas since');
  });
});
