import { describe, expect, test } from 'vitest';
import {
  bandsOf,
  dayLabels,
  nearestStop,
  notchesOf,
  placesOf,
  ticksOf,
} from '../../../../web/rooms/memory/time/draw.ts';
import {
  type CommitItem,
  indexAfter,
  indexAt,
  localDay,
  marksOf,
  numberOf,
  stepFrom,
} from '../../../../web/rooms/memory/time/marks.ts';
import {
  formatExactMoment,
  formatMoment,
  reasonOf,
  shorten,
  valueText,
} from '../../../../web/rooms/memory/time/words.ts';

/** A commit at noon of a day, so that the zone of the machine does not change the day. */
function commit(position: number, day: string, change: Partial<CommitItem> = {}): CommitItem {
  return {
    id: String(position).padStart(40, '0'),
    position,
    committed_at: new Date(`${day}T12:00:${String(position).padStart(2, '0')}`).toISOString(),
    kind: 'session',
    author: 'person',
    source_id: `s${position}`,
    source_title: position === 3 ? 'I live in Porto.' : null,
    session_kind: 'transcript',
    entity_count: 1,
    blocks: { added: 1, changed: 0, removed: 0 },
    is_reverted: false,
    is_erased: false,
    ...change,
  };
}
const FOUR = [commit(4, '2026-03-12'), commit(3, '2026-03-10'), commit(2, '2026-03-10'), commit(1, '2026-03-01')];
const DAYS = [
  { day: '2026-03-12', commits: 1, blocks: 1 },
  { day: '2026-03-10', commits: 3, blocks: 7 },
  { day: '2026-03-02', commits: 5, blocks: 9 },
  { day: '2026-03-01', commits: 1, blocks: 1 },
];
const all = (positions?: number[]) =>
  marksOf({
    commits: FOUR,
    days: [],
    ofEntity: positions && { positions: new Set(positions), days: new Map() },
  });

describe('marks', () => {
  test('are the commits, oldest first, and all of them stops without an entity', () => {
    expect(all().map((mark) => [mark.commit?.position, mark.isStop])).toEqual([
      [1, true],
      [2, true],
      [3, true],
      [4, true],
    ]);
  });

  test('older commits are a mark a day, and the split day keeps what was not read', () => {
    const marks = marksOf({ commits: FOUR.slice(0, 3), days: DAYS });
    expect(marks.map(({ day, commits, blocks }) => [day, commits, blocks])).toEqual([
      ['2026-03-01', 1, 1],
      ['2026-03-02', 5, 9],
      ['2026-03-10', 1, 5],
      ['2026-03-10', 1, 1],
      ['2026-03-10', 1, 1],
      ['2026-03-12', 1, 1],
    ]);
    expect(localDay(marks[1]?.at ?? '')).toBe('2026-03-02');
    expect(Date.parse(marks[2]?.at ?? '')).toBeLessThan(Date.parse(marks[3]?.at ?? ''));
  });

  test('a moment shows the last change before it; a commit that shares its millisecond is told apart', () => {
    const marks = all();
    expect(indexAt(marks, undefined)).toBe(4);
    expect(indexAt(marks, FOUR[1]?.committed_at)).toBe(2);
    expect(indexAt(marks, '2026-03-11T12:00:00Z')).toBe(2);
    expect(indexAt(marks, '2020-01-01T00:00:00Z')).toBe(-1);
    const twins = ['2026-03-01T00:00:00.000001Z', '2026-03-01T00:00:00.000002Z'].map((at) => ({ at }));
    expect(indexAt(twins, twins[0]?.at)).toBe(0);
    expect(indexAfter(marks, '2026-03-11T12:00:00Z')).toBe(3);
    expect(indexAfter(marks, '2027-01-01T00:00:00Z')).toBe(4);
  });
});

describe('steps', () => {
  test('go over the changes of the entity, stop at its first and end at now', () => {
    const marks = all([1, 3]);
    expect(stepFrom(marks, 4, 'previous')).toBe(2);
    expect(stepFrom(marks, 2, 'previous')).toBe(0);
    expect(stepFrom(marks, 0, 'previous')).toBe(0);
    expect(stepFrom(marks, 0, 'next')).toBe(2);
    expect(stepFrom(marks, 2, 'next')).toBe(4);
    expect(stepFrom(marks, -1, 'next')).toBe(0);
    expect(stepFrom(all([2, 3]), 4, 'first')).toBe(1);
    expect(stepFrom(marks, 0, 'now')).toBe(4);
  });

  test('of a day land on the last change of the day', () => {
    const marks = all();
    expect(stepFrom(marks, 4, 'day-before')).toBe(3);
    expect(stepFrom(marks, 3, 'day-before')).toBe(2);
    expect(stepFrom(marks, 2, 'day-before')).toBe(0);
    expect(stepFrom(marks, 0, 'day-before')).toBe(0);
    expect(stepFrom(marks, 0, 'day-after')).toBe(2);
    expect(stepFrom(marks, 3, 'day-after')).toBe(4);
  });

  test('without a change stay at now', () => {
    for (const step of ['previous', 'next', 'day-before', 'day-after', 'first', 'now'] as const)
      expect(stepFrom([], 0, step)).toBe(0);
  });
});

describe('words', () => {
  test('the value text says the moment, the number of the change and what made it', () => {
    const marks = all();
    expect(valueText(marks, 4)).toBe('Now, 4 changes');
    expect(valueText(marks, 2)).toBe(
      `${formatMoment(FOUR[1]?.committed_at ?? '')}, change 3 of 4: after the conversation “I live in Porto.”`,
    );
    expect(valueText(all([1, 3]), 2)).toContain('change 2 of 2');
    expect(valueText(marks, -1, '2020-01-01T12:00:00Z')).toContain('before the first change');
  });

  test('a day of several changes counts them, and the commits in it', () => {
    const marks = marksOf({ commits: FOUR.slice(0, 3), days: DAYS });
    expect(numberOf(marks, 1)).toEqual({ number: 6, total: 10 });
    expect(valueText(marks, 1)).toBe('2 March 2026, change 6 of 10: 5 changes on that day');
  });

  test('a day counts only the changes of the chosen entity', () => {
    const ofEntity = {
      positions: new Set([4, 2]),
      days: new Map(Object.entries({ '2026-03-12': 1, '2026-03-10': 2, '2026-03-02': 2 })),
    };
    const marks = marksOf({ commits: FOUR.slice(0, 3), days: DAYS, ofEntity });
    expect(marks.map(({ changes, isStop }) => [changes, isStop])).toEqual([
      [0, false],
      [2, true],
      [1, true],
      [1, true],
      [0, false],
      [1, true],
    ]);
    expect(numberOf(marks, 1)).toEqual({ number: 2, total: 5 });
    expect(valueText(marks, 1)).toBe('2 March 2026, change 2 of 5: 2 changes on that day');
  });

  test('name what made a commit', () => {
    const made = (change: Partial<CommitItem>) => reasonOf(commit(1, '2026-03-01', change));
    expect(made({})).toBe('after the conversation');
    expect(made({ author: 'run', session_kind: 'sprint' })).toBe('after the team run');
    expect(made({ author: 'run', session_kind: 'agent' })).toBe('after the run');
    expect(made({ kind: 'revert' })).toBe('a source was taken back');
    expect(made({ kind: 'revert', source_title: 'I play chess.' })).toBe('a source was taken back: “I play chess.”');
    expect(made({ kind: 'sync', author: 'repository' })).toBe('changes came from the linked repository');
    expect(shorten('word '.repeat(30))).toHaveLength(45);
    expect(formatMoment('2026-03-12T13:02:00Z', 'Europe/Berlin')).toBe('12 March 2026, 14:02');
    expect(formatExactMoment('2026-03-12T13:02:07.5Z', 'Europe/Berlin')).toBe('12 March 2026, 14:02:07');
  });
});

describe('drawing', () => {
  test('places are in order and within the bar, with more room between days', () => {
    const places = placesOf(all());
    expect(places).toHaveLength(5);
    expect(places.toSorted((one, other) => one - other)).toEqual(places);
    expect(places.at(-1)).toBe(1);
    const gap = (at: number) => (places[at + 1] ?? 0) - (places[at] ?? 0);
    expect(gap(1)).toBeLessThan(gap(0));
  });

  test('ticks that fall on one place become one, and keep that one of them was taken back', () => {
    const marks = marksOf({
      commits: [commit(3, '2026-03-01'), commit(2, '2026-03-01', { is_reverted: true }), commit(1, '2026-03-01')],
      days: [],
    });
    const places = placesOf(marks);
    expect(ticksOf(marks, places, 1000)).toHaveLength(3);
    const [tick, ...others] = ticksOf(marks, places, 1);
    expect(others).toEqual([]);
    expect(tick).toMatchObject({ from: 0, to: 2, isTakenBack: true, height: 1 });
  });

  test('bands join what conversations made on one day, and set runs and repairs apart', () => {
    const marks = marksOf({
      commits: [
        commit(4, '2026-03-01', { kind: 'revert' }),
        commit(3, '2026-03-01', { author: 'run' }),
        commit(2, '2026-03-01'),
        commit(1, '2026-03-01'),
      ],
      days: [],
    });
    const places = placesOf(marks);
    expect(bandsOf(marks, places)).toEqual([
      { kind: 'session', from: places[0], to: places[1] },
      { kind: 'run', from: places[2], to: places[2] },
      { kind: 'other', from: places[3], to: places[3] },
    ]);
  });

  test('a notch stands before the first change after what waits, or at now', () => {
    const marks = all();
    const places = placesOf(marks);
    expect(notchesOf(marks, places, ['2026-03-11T12:00:00Z', '2026-03-11T13:00:00Z', '2027-01-01T00:00:00Z'])).toEqual([
      places[3],
      1,
    ]);
  });

  test('a press finds the nearest stop, and labels keep their distance', () => {
    const marks = all([1, 4]);
    const places = placesOf(marks);
    expect(nearestStop(marks, places, places[1] ?? 0)).toBe(0);
    expect(nearestStop(marks, places, 0.99)).toBe(4);
    expect(dayLabels(all(), places, 0.01).map(({ day }) => day)).toEqual(['2026-03-01', '2026-03-10', '2026-03-12']);
    expect(dayLabels(all(), places, 0.4)).toHaveLength(1);
  });
});
