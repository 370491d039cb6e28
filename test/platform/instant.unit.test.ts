import { describe, expect, test } from 'vitest';
import { Day, Instant, localDay, utcOffsetOf, withOwnOffset } from '../../functions/platform/instant.ts';

describe('Instant', () => {
  test.each([
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '2026-03-01T08:00:00+14:00',
    '2026-03-01T08:00:00-15:59',
    '2024-02-29T23:59:59.123456789Z',
  ])('accepts %s', (time) => {
    expect(Instant.safeParse(time).success).toBe(true);
  });

  test.each([
    '0000-12-31T23:00:00Z',
    '0000-12-31T23:00:00-02:00',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '9999-12-31T23:59:59.9999999Z',
    '2026-03-01T08:00:00+16:00',
    '2026-03-01T08:00:00-23:59',
    '2026-02-29T00:00:00Z',
    '2026-03-01T08:00:00',
    '2026-03-01',
    '12026-03-01T08:00:00Z',
  ])('rejects %s', (time) => {
    expect(Instant.safeParse(time).success).toBe(false);
  });
});

test('a day is of the years 1 to 9999', () => {
  expect(['0001-01-01', '9999-12-31'].every((day) => Day.safeParse(day).success)).toBe(true);
  expect(['0000-12-31', '2026-02-30'].some((day) => Day.safeParse(day).success)).toBe(false);
});

test('shows how a time and a day are written, once', () => {
  const messages = (schema: typeof Instant | typeof Day, given: unknown) =>
    schema.safeParse(given).error?.issues.map(({ message }) => message);
  for (const time of ['2026-06-01', '2026-06-01T08:00:00', 'yesterday'])
    expect(messages(Instant, time)).toEqual(['must be a time with its zone, such as 2026-11-29T09:30:00Z']);
  expect(messages(Day, '1 June')).toEqual(['must be a day such as 2026-11-29']);
  expect(messages(Instant, 7)).toEqual(['Invalid input: expected string, received number']);
});

test.each([
  ['2026-03-01T08:00:00+09:00', '2026-03-01', 540],
  ['2026-03-01T23:30:00-03:30', '2026-03-01', -210],
  ['2026-03-01T08:00:00Z', '2026-03-01', 0],
  ['2026-03-01T08:00:00.5Z', '2026-03-01', 0],
])('the offset of %s decides that its day is %s', (time, day, minutes) => {
  expect(localDay(time)).toBe(day);
  expect(utcOffsetOf(time)).toBe(minutes);
});

test('returns the times of turns as they were sent', () => {
  const rows = [
    { said_at: '2026-02-28T23:00:00Z', utc_offset: 540 },
    { said_at: '2026-03-02T03:00:00.25Z', utc_offset: -210 },
    { said_at: '2026-03-01T08:00:00Z', utc_offset: 0 },
  ];
  expect(withOwnOffset(rows)).toEqual([
    { said_at: '2026-03-01T08:00:00+09:00' },
    { said_at: '2026-03-01T23:30:00.250-03:30' },
    { said_at: '2026-03-01T08:00:00Z' },
  ]);
});
