import { expect, test } from 'vitest';
import { councilPath } from '../../../../web/rooms/village/council-path.ts';
import {
  daysOf,
  indexAt,
  labelsOf,
  nearestTo,
  placeOf,
  stepFrom,
  ticksOf,
} from '../../../../web/rooms/village/time/moments.ts';

/** At noon, so that the zone of the machine does not change the day. */
const moments = ['01T12:00', '01T12:05', '02T12:00', '04T12:00'].map((at) => new Date(`2026-11-${at}`).toISOString());

test('the moment of the address is the last statement until then', () => {
  expect(indexAt(moments, undefined)).toBe(4);
  expect(indexAt(moments, moments[1])).toBe(1);
  expect(indexAt(moments, new Date('2026-11-03T12:00').toISOString())).toBe(2);
  expect(indexAt(moments, new Date('2026-10-03T12:00').toISOString())).toBe(-1);
});

test('steps go to statements and to days, and end with the first one and with now', () => {
  expect(stepFrom(moments, 4, 'previous')).toBe(3);
  expect(stepFrom(moments, 0, 'previous')).toBe(0);
  expect(stepFrom(moments, 3, 'next')).toBe(4);
  expect(stepFrom(moments, 4, 'next')).toBe(4);
  expect(stepFrom(moments, 2, 'day-before')).toBe(1);
  expect(stepFrom(moments, 0, 'day-before')).toBe(0);
  expect(stepFrom(moments, 0, 'day-after')).toBe(2);
  expect(stepFrom(moments, 3, 'day-after')).toBe(4);
  expect(stepFrom(moments, 2, 'first')).toBe(0);
  expect(stepFrom(moments, 0, 'now')).toBe(4);
  expect(stepFrom([], 0, 'previous')).toBe(0);
});

test('a place of the bar is that of its statement', () => {
  for (const index of [0, 1, 2, 3, 4]) expect(nearestTo(4, placeOf(4, index))).toBe(index);
  expect(nearestTo(4, 2)).toBe(4);
  expect(nearestTo(4, -1)).toBe(0);
});

test('statements without room of their own share a higher tick; days are written as far apart as their words', () => {
  expect(ticksOf(moments, 100)).toHaveLength(4);
  const [first, second, third] = ticksOf(moments.slice(0, 3), 3);
  expect(ticksOf(moments, 2).map(({ place }) => place)).toEqual([0.1, 0.5]);
  expect(first?.height).toBeLessThan(0.8);
  expect(second?.height).toBe(0.8);
  expect(third).toBeUndefined();
  expect(daysOf(moments, 0.01).map(({ at }) => at)).toEqual([moments[0], moments[2], moments[3]]);
  expect(daysOf(moments, 0.5)).toHaveLength(1);
});

test('today is named by its day beside other days, and alone by the time', () => {
  const wordsOf = (some: readonly string[]) =>
    labelsOf(some, 0.01, Date.parse(moments[3] ?? '')).map(({ text }) => text);
  expect(wordsOf(moments)).toEqual(['1 Nov', '2 Nov', '4 Nov']);
  expect(wordsOf(moments.slice(3))).toEqual(['12:00']);
});

test('a council is asked about both statements, with both as options, in an address of bounded length', () => {
  const url = new URL(councilPath('We release\non Tuesdays & often.', 'x'.repeat(4_000)), 'http://localhost');
  expect(url.pathname).toBe('/agents/council/new');
  const options = url.searchParams.getAll('options');
  expect(options[0]).toBe('We release on Tuesdays & often.');
  expect(options[1]).toHaveLength(200);
  expect(url.searchParams.get('question')).toContain('“We release on Tuesdays & often.”');
  const positions = ['Yes', 'No'].map((position) => `${'Which? '.repeat(30)}\n– ${position}: I hold it.`);
  const held = new URL(councilPath(positions[0] ?? '', positions[1] ?? ''), 'http://localhost');
  expect(new Set(held.searchParams.getAll('options')).size).toBe(2);
});
