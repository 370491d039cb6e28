import { expect, test } from 'vitest';
import { addressOf, type Import, type Line, rowsOf, sentencesOf } from '../../../../web/rooms/settings/import-sums.ts';

const COUNTS: Import['counts'] = [
  { kind: 'fact', outcome: 'unchanged', items: 2 },
  { kind: 'knowledge', outcome: 'created', items: 1 },
  { kind: 'conversation', outcome: 'failed', items: 1 },
  { kind: 'conversation', outcome: 'created', items: 1200 },
  { kind: 'group_chat', outcome: 'updated', items: 1 },
  { kind: 'music_task', outcome: 'not_imported', items: 3 },
];

test('says what an import has written, and what a check would write', () => {
  expect(sentencesOf({ counts: COUNTS, dry_run: false })).toEqual([
    'Written: 1,200 conversations and 1 statement.',
    'Changed: 1 thread.',
    'Everybody in your workspace can read group chats, and knowledge that is marked for the village.',
    '2 items are here already and stay as they are.',
    '4 items are not taken over; the reasons are below.',
  ]);
  const same = COUNTS.filter(({ outcome }) => outcome === 'unchanged');
  expect(sentencesOf({ counts: same, dry_run: true })[0]).toBe('An import would write nothing new.');
});

test('lists kinds and outcomes in one order', () => {
  expect(rowsOf(COUNTS).map(({ kind, counts }) => [kind, ...counts.map(({ outcome }) => outcome)])).toEqual([
    ['conversation', 'created', 'failed'],
    ['group_chat', 'updated'],
    ['knowledge', 'created'],
    ['fact', 'unchanged'],
    ['music_task', 'not_imported'],
  ]);
});

test('links an item to where it is here, and an item that was left alone to nothing', () => {
  const line = (kind: Line['kind'], target: string | null, outcome: Line['outcome'] = 'created') =>
    addressOf({ file: 0, item: 0, source_id: 's', title: '', reason: null, kind, target_id: target, outcome });
  expect(line('conversation', 'chat_1')).toBe('/chat/chat_1');
  expect(line('group_chat', 'thread_1')).toBe('/village?on=thread_1');
  expect(line('knowledge', 'know_1')).toBe('/village?on=know_1');
  expect(line('fact', 'mem_1')).toBe('/memory/facts?fact=mem_1');
  expect(line('memory_key', 'a & b')).toBe('/memory/keys?key=a%20%26%20b');
  expect(line('preferences', 'preferences', 'unchanged')).toBe('/memory/preferences');
  expect([line('conversation', 'chat_1', 'skipped'), line('fact', null), line('music_task', 'x')]).toEqual([
    ...[undefined, undefined, undefined],
  ]);
});
