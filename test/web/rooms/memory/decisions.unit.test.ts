import { describe, expect, test } from 'vitest';
import { ApiError } from '../../../../web/api/problem.ts';
import { dayOf, type FollowUp, groupsOf } from '../../../../web/rooms/memory/follow-ups/follow-ups.ts';
import { readJson, writeJson } from '../../../../web/rooms/memory/keys/keys.ts';
import { beliefsOf, fieldWords } from '../../../../web/rooms/memory/preferences/preferences.ts';
import {
  type Consolidation,
  changesAnything,
  operationWords,
} from '../../../../web/rooms/memory/repository/consolidations.ts';
import { filesOf, sourcePath, yieldOf } from '../../../../web/rooms/memory/sources/sources.ts';
import {
  acceptLabel,
  blocksOf,
  chosenBlocks,
  conflictsIn,
  keyOf,
} from '../../../../web/rooms/memory/staged/decision.ts';

const MAYA = 'memories/people/maya.md';
const added = (block: string) => ({ block, kind: 'added' as const, before: null, after: 'x' });

describe('a staged session', () => {
  const all = blocksOf([
    { path: MAYA, blocks: [added('one'), added('two')] },
    { path: 'memories/people/leo.md', blocks: [added('one')] },
  ]);

  test('is accepted as it is while no block is rejected', () => {
    expect(chosenBlocks(all, new Set())).toBeUndefined();
    expect(acceptLabel(3, 3)).toBe('Accept all 3 blocks');
    expect(acceptLabel(1, 1)).toBe('Accept the block');
  });

  test('names the accepted blocks when one is rejected; blocks of two files with the same id differ', () => {
    const rejected = new Set([keyOf({ path: MAYA, block: 'one' })]);
    expect(chosenBlocks(all, rejected)).toEqual([
      { path: MAYA, block: 'two' },
      { path: 'memories/people/leo.md', block: 'one' },
    ]);
    expect(acceptLabel(2, 3)).toBe('Accept 2 of 3 blocks');
  });

  test('has conflicts only in a refusal with both sides', () => {
    const conflicts = [{ path: MAYA, block: 'one', base: 'a', branch: 'b', session: 'c' }];
    const kind = { type: 'urn:apexflow:problem:conflict', title: 'Conflict', status: 409, detail: 'x' };
    const problem = { ...kind, instance: '/x', request_id: 'r' };
    expect(conflictsIn(new ApiError(409, Object.assign({ conflicts }, problem)))).toEqual(conflicts);
    expect(conflictsIn(new ApiError(409, problem))).toEqual([]);
    expect(conflictsIn(new Error('offline'))).toEqual([]);
  });
});

describe('a source', () => {
  const block = (path: string, name: string, until: string | null) => ({ path, block: name, commit_id: 'c', until });

  test('says what came from it', () => {
    expect(yieldOf({ facts: 2, blocks: 3, entities: 1, preferences: 0 })).toBe('2 facts, 3 blocks in 1 file');
    expect(yieldOf({ facts: 0, blocks: 0, entities: 0, preferences: 0 })).toBe('nothing came from it');
  });

  test('lists its blocks by file, text that is in the current files first', () => {
    const blocks = [block(MAYA, 'one', '2026-01-01T00:00:00Z'), block(MAYA, 'one', null), block('a.md', 'two', null)];
    expect(filesOf(blocks).map(({ path, blocks: of }) => [path, of.map(({ until }) => until === null)])).toEqual([
      ['a.md', [true]],
      [MAYA, [true, false]],
    ]);
  });

  test('has a path of one segment, whatever its id', () => {
    expect(sourcePath('https://example.com/a?b#c')).toBe('/memory/sources/https%3A%2F%2Fexample.com%2Fa%3Fb%23c');
  });
});

test('beliefs are sorted by how sure they are, each with its own quotes', () => {
  const field = (value: string, confidence: number) => ({ value, confidence, evidence: 1, updated_at: 'x' });
  const event = (hub: 'preferences' | 'soft_identity', name: string) => ({
    id: `${hub}.${name}`,
    action: 'accepted' as const,
    hub,
    field: name,
    value: 'v',
    excerpt: 'q',
    source_id: 's',
    confidence_before: null,
    confidence_after: 0.5,
    recorded_at: 'x',
  });
  const profile = {
    preferences: { 'coding.language': field('typescript', 0.5), answer_length: field('short', 0.9) },
    operating_ctx: {},
    soft_identity: { answer_length: field('x', 0.1) },
    evidence: [event('preferences', 'answer_length'), event('soft_identity', 'answer_length')],
  };
  const beliefs = beliefsOf(profile, 'preferences');
  expect(beliefs.map(({ field: name, quotes }) => [fieldWords(name), quotes.length])).toEqual([
    ['Answer length', 1],
    ['Coding language', 0],
  ]);
  expect(['extras.plain_css', 'extras.', 'extras'].map(fieldWords)).toEqual(['Plain css', 'extras.', 'Extras']);
});

test('follow-ups are overdue, of today, later or without a day; empty groups are left out', () => {
  const item = (title: string, due: string | null): FollowUp => ({
    path: MAYA,
    block: 'b',
    status: 'open',
    said: 'open',
    title,
    assignee: null,
    due,
  });
  const items = [item('a', '2026-11-29'), item('b', '2026-11-30'), item('c', null)];
  const groups = groupsOf(items, '2026-11-30').map(({ group, items: of }) => [group, of.map(({ title }) => title)]);
  expect(groups).toEqual([
    ['overdue', ['a']],
    ['today', ['b']],
    ['none', ['c']],
  ]);
  expect(dayOf('2026-11-30T23:30:00Z', 'Europe/Berlin')).toBe('2026-12-01');
});

test('a clean-up says what it merges, moves and links', () => {
  const words = (operation: Parameters<typeof operationWords>[0]) => operationWords(operation);
  expect(words({ op: 'merge', path: 'a/maya-chen.md', into: MAYA, reason: '', confidence: 1 })).toMatch(/merged into/);
  expect(words({ op: 'link', path: MAYA, targets: ['a/x.md', 'a/y.md'], reason: '' })).toMatch(/linked with .+, .+/);
  expect(changesAnything({ steps: [] } as unknown as Consolidation)).toBe(false);
});

test('the value of a key is edited as JSON', () => {
  expect(readJson(writeJson({ a: [1, null] }))).toEqual({ value: { a: [1, null] } });
  expect(readJson('null')).toEqual({ value: null });
  expect(readJson('{a: 1}')).toBeUndefined();
});
