import { expect, test } from 'vitest';
import {
  ageOf,
  plainHeading,
  plainItems,
  readBlock,
  turnsBehind,
  versionOf,
  versionsAt,
} from '../../../../web/rooms/memory/entity/blocks.ts';
import { diffQuery, endsOf } from '../../../../web/rooms/memory/entity/change-ends.ts';
import { foldersOf, hasChangedSince, nameOf } from '../../../../web/rooms/memory/entity/folders.ts';
import { plainHead } from '../../../../web/rooms/memory/entity/plain-head.ts';

test('a block is its heading without marks and its body without markers', () => {
  const source = '/START\n### Home [Strength: Low] [ALWAYS_LOAD]\n- I live in Porto.\n- At 5 [sic].\n/END\n\n';
  expect(readBlock(source)).toEqual({ heading: 'Home', body: '- I live in Porto.\n- At 5 [sic].' });
  expect(readBlock('---\nname: Maya\n---\n\n# Maya\n')).toEqual({
    heading: '',
    body: '---\nname: Maya\n---\n\n# Maya',
  });
  expect(plainHeading('[Strength: Low]')).toBe('[Strength: Low]');
  expect(plainItems('- a\n  * b\nc - d')).toBe('• a\n  • b\nc - d');
});

test('the head of a file is shown in words, without its marks', () => {
  const head = '---\nname: "Leo"\ntype: person\naliases: []\n---\n\n# Leo\n';
  expect(plainHead(head)).toBe('Name: Leo\nKind: person');
  const more = '---\nname: Leo\naliases: [L., Leonid]\ntags:\n  - band\n  - old\n---\nPlays the cello.';
  expect(plainHead(more)).toBe('Name: Leo\nAlso called: L., Leonid\ntags: band, old\nPlays the cello.');
  expect(plainHead('# Only a title')).toBe('# Only a title');
  expect(plainHead('')).toBe('');
});

test('the age of a text is seen from the moment that is shown', () => {
  const moment = Date.parse('2026-03-12T12:00:00Z');
  expect(
    ['2026-03-12T00:00:00Z', '2026-03-08T00:00:00Z', '2026-02-20T00:00:00Z', '2025-01-01T00:00:00Z'].map((at) =>
      ageOf(at, moment),
    ),
  ).toEqual(['day', 'week', 'month', 'old']);
});

test('versions of a moment are those that had begun and not ended', () => {
  const versions = [
    { block: 'a', commit_id: '1', since: '2026-03-01T00:00:00Z', until: '2026-03-05T00:00:00Z' },
    { block: 'a', commit_id: '2', since: '2026-03-05T00:00:00Z', until: null },
    { block: 'b', commit_id: '3', since: '2026-03-09T00:00:00Z', until: null },
  ];
  expect(versionsAt(versions, '2026-03-05T00:00:00Z').map(({ commit_id: id }) => id)).toEqual(['2']);
  expect(versionsAt(versions, '2026-03-04T00:00:00Z').map(({ commit_id: id }) => id)).toEqual(['1']);
  expect(versionOf(versions, 'a', '1')?.until).toBe('2026-03-05T00:00:00Z');
  expect(versionOf(versions, 'a', '3')).toBeUndefined();
});

test('a block is traced to the turns that say it, and to all of them when a model used its own words', () => {
  const turn = (position: number, text: string) => ({ position, speaker: 'Maya', said_at: '', text });
  const turns = [
    turn(0, 'I live in Porto. I work.'),
    turn(1, 'I bought a cello.'),
    turn(2, 'Since May, I live in Porto again'),
  ];
  expect(turnsBehind('- I live in Porto.', turns).map(({ position }) => position)).toEqual([0, 2]);
  expect(turnsBehind('- Plays an instrument', turns)).toHaveLength(3);
  expect(turnsBehind('', [])).toEqual([]);
});

test('the ends of a diff follow the moment that is shown, until the address names them', () => {
  const changes = ['a', 'b', 'c'].map((id, at) => ({ id, committed_at: `2026-03-0${at + 1}T00:00:00Z` }));
  const none = { from: undefined, to: undefined };
  expect(endsOf(changes, none, undefined)).toEqual({ from: 2, to: 3 });
  expect(endsOf(changes, none, '2026-03-02T00:00:00Z')).toEqual({ from: 1, to: 2 });
  expect(endsOf(changes, none, '2020-01-01T00:00:00Z')).toEqual({ from: 0, to: 1 });
  expect(endsOf(changes, { from: 'start', to: 'c' }, undefined)).toEqual({ from: 0, to: 3 });
  expect(endsOf(changes, { from: 'c', to: 'a' }, undefined)).toEqual({ from: 0, to: 1 });
  expect(endsOf(changes, { from: 'gone', to: 'gone' }, undefined)).toEqual({ from: 2, to: 3 });
  expect(diffQuery(changes, { from: 1, to: 3 })).toEqual({ from: 'a', to: 'c' });
  expect(diffQuery(changes, { from: 0, to: 1 })).toEqual({ from: '1970-01-01T00:00:00Z', to: 'a' });
  expect(diffQuery([], { from: 0, to: 1 })).toBeUndefined();
});

test('entities are grouped by folder, the profile first', () => {
  const entities = ['memories/people/leo.md', 'profile.md', 'memories/contexts/porto.md', 'memories/people/ada.md'];
  const folders = foldersOf(entities.map((path) => ({ path, name: nameOf(path) })));
  expect(folders.map(({ label, entities: list }) => [label, list.map(({ name }) => name)])).toEqual([
    ['You', ['You']],
    ['Contexts', ['Porto']],
    ['People', ['Ada', 'Leo']],
  ]);
  expect(nameOf('memories/people/maya-chen.md')).toBe('Maya Chen');
  expect(hasChangedSince('2026-03-02T00:00:00Z', '2026-03-01T00:00:00Z')).toBe(true);
  expect(hasChangedSince('2026-03-02T00:00:00Z', undefined)).toBe(false);
});
