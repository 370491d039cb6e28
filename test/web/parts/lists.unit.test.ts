import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changeOf } from '../../../web/parts/long-list-change.ts';
import { clampShare, shareAfterKey } from '../../../web/parts/split-share.ts';

const keyOf = (item: number): number => item;
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

it('tells rows that came on top from rows that came at the end', () => {
  expect(changeOf([3, 4], [3, 4], keyOf)).toEqual({ atStart: 0, atEnd: 0 });
  expect(changeOf([3, 4], [1, 2, 3, 4], keyOf)).toEqual({ atStart: 2, atEnd: 0 });
  expect(changeOf([3, 4], [3, 4, 5], keyOf)).toEqual({ atStart: 0, atEnd: 1 });
  expect(changeOf([3, 4], [2, 3, 4, 5, 6], keyOf)).toEqual({ atStart: 1, atEnd: 2 });
  expect(changeOf([3, 4, 5], [4, 5, 6], keyOf)).toEqual({ atStart: -1, atEnd: 1 });
});

it('takes a list with other rows for a new list', () => {
  expect(changeOf([], [1], keyOf)).toBeUndefined();
  expect(changeOf([1], [], keyOf)).toBeUndefined();
  expect(changeOf([1, 2], [3, 4], keyOf)).toBeUndefined();
  expect(changeOf([1, 2, 3], [1, 3], keyOf)).toBeUndefined();
});

it('describes every window that moves over the rows', () => {
  const edge = fc.integer({ min: 0, max: 30 });
  fc.assert(
    fc.property(edge, edge, edge, edge, (a, b, c, d) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b) + 1];
      const [newFrom, newTo] = [Math.min(c, d), Math.max(c, d) + 1];
      fc.pre(newTo >= to && newFrom < to);
      expect(changeOf(range(from, to), range(newFrom, newTo), keyOf)).toEqual({
        atStart: from - newFrom,
        atEnd: newTo - to,
      });
    }),
  );
});

it('keeps the share of a column within its bounds', () => {
  expect(clampShare(Number.NaN, 60)).toBe(60);
  expect([clampShare(5, 60), clampShare(99, 60)]).toEqual([25, 75]);
  expect(shareAfterKey(60, 'ArrowRight', false)).toBe(62);
  expect(shareAfterKey(60, 'ArrowLeft', true)).toBe(50);
  expect([shareAfterKey(60, 'Home', false), shareAfterKey(60, 'End', false)]).toEqual([25, 75]);
  expect(shareAfterKey(60, 'a', false)).toBeUndefined();
});
