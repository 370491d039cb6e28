import { expect, test } from 'vitest';
import { numberOf, pastTime, textsOf, timeOf } from '../../../functions/imports/kinds/fields.ts';

test('reads times as Python, JavaScript and SQLite write them', () => {
  for (const [written, read] of [
    ['2025-12-31T23:59:59.123456', '2025-12-31T23:59:59.123Z'],
    ['2025-12-31 23:59:59', '2025-12-31T23:59:59.000Z'],
    ['2025-12-31T23:59:59+02:00', '2025-12-31T21:59:59.000Z'],
    [1_735_689_600, '2025-01-01T00:00:00.000Z'],
    ['1735689600000', '2025-01-01T00:00:00.000Z'],
    ['yesterday', undefined],
    ['0001-01-01T00:00:00', undefined],
    [1e300, undefined],
    [null, undefined],
  ] as const)
    expect(timeOf(written), String(written)).toBe(read);
});

test('takes a time in the future as now', () => {
  const { time, isFuture } = pastTime('2999-01-01');
  expect(isFuture).toBe(true);
  expect(Math.abs(Date.parse(time ?? '') - Date.now())).toBeLessThan(60_000);
});

test('reads numbers that are text, and lists that are text', () => {
  expect([numberOf('0.9'), numberOf(1), numberOf(''), numberOf('NaN'), numberOf(null)]).toEqual([
    ...[0.9, 1, undefined, undefined, undefined],
  ]);
  expect(textsOf('["a", "b"]')).toEqual(['a', 'b']);
  expect(textsOf(['a', 1, null, 'a', ''])).toEqual(['a', '1']);
  expect(textsOf(undefined)).toEqual([]);
});
