import { expect, it } from 'vitest';
import { labelledOf, maxOf, stacksOf, tableOf, ticksOf } from '../../../web/parts/bars.ts';

const series = [
  { key: 'a', label: 'A', values: [1, 2, Number.NaN] },
  { key: 'b', label: 'B', values: [3, -1] },
];

it('stacks the series of a category', () => {
  const stacks = stacksOf(series, 3);
  expect(stacks).toEqual([
    [
      { series: 0, from: 0, to: 1 },
      { series: 1, from: 1, to: 4 },
    ],
    [
      { series: 0, from: 0, to: 2 },
      { series: 1, from: 2, to: 2 },
    ],
    [
      { series: 0, from: 0, to: 0 },
      { series: 1, from: 0, to: 0 },
    ],
  ]);
  expect(maxOf(stacks)).toBe(4);
  expect(maxOf([])).toBe(0);
});

it('has round ticks that reach the greatest value', () => {
  expect(ticksOf(4)).toEqual([0, 1, 2, 3, 4]);
  expect(ticksOf(7)).toEqual([0, 2, 4, 6, 8]);
  expect(ticksOf(950)).toEqual([0, 250, 500, 750, 1000]);
  expect(ticksOf(0.07).map((tick) => tick.toFixed(2))).toEqual(['0.00', '0.02', '0.04', '0.06', '0.08']);
  for (const max of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) expect(ticksOf(max)).toEqual([0, 1]);
});

it('has every value in the table', () => {
  const categories = [
    { key: '1', label: '1', title: '1 March' },
    { key: '2', label: '2' },
    { key: '3', label: '3' },
  ];
  expect(tableOf(series, categories)).toEqual([
    { title: '1 March', cells: [1, 3], sum: 4 },
    { title: '2', cells: [2, -1], sum: 1 },
    { title: '3', cells: [0, 0], sum: 0 },
  ]);
});

it('labels as many categories as have room, with the last', () => {
  expect(labelledOf(5, 1_000, 50)).toEqual([true, true, true, true, true]);
  expect(labelledOf(5, 125, 50)).toEqual([true, false, true, false, true]);
  expect(labelledOf(0, 100, 50)).toEqual([]);
});
