import { describe, expect, test } from 'vitest';
import { addToDate } from '../../../functions/tools/dates/add-to-date.ts';
import { convertTimeZone } from '../../../functions/tools/dates/convert-time-zone.ts';
import { createParseDate } from '../../../functions/tools/dates/parse-date.ts';
import { subtractDates } from '../../../functions/tools/dates/subtract-dates.ts';
import { answerOf } from '../tool-answer.ts';

const BERLIN = 'Europe/Berlin';
const SKIPPED =
  '2026-03-29 02:30 in Europe/Berlin does not exist, because clocks go forward; a time after the gap is used.';
const TWICE =
  '2026-10-25 02:30 in Europe/Berlin exists twice (+02:00 and +01:00), because clocks go back; the first is used.';

describe('parse_date', () => {
  const tool = createParseDate(() => new Date('2026-11-30T09:00:00Z'));
  const parse = (text: string, more = {}) => answerOf(tool, { text, ...more });

  test.each([
    ['tomorrow', {}, '2026-12-01 (Tuesday)'],
    ['today', { time_zone: 'Pacific/Auckland', reference: '2026-11-30T12:00:00Z' }, '2026-12-01 (Tuesday)'],
    ['in 2 hours', {}, '2026-11-30T11:00:00+00:00 (Monday, UTC)'],
    [
      'in 2 hours',
      { reference: '2026-03-29T01:30', time_zone: BERLIN },
      `2026-03-29T04:30:00+02:00 (Sunday, ${BERLIN})`,
    ],
    ['5pm EST', { time_zone: BERLIN }, `2026-11-30T23:00:00+01:00 (Monday, ${BERLIN}) (the day is assumed)`],
    ['3 to 5 June 2027', {}, '2027-06-03 (Thursday) to 2027-06-05 (Saturday)'],
    ['May 5', {}, '2027-05-05 (Wednesday) (the year is assumed)'],
    ['last month', {}, '2026-10 (a month, no day is given)'],
    ['next Friday', {}, '2026-12-11 (Friday) (taken as next week; some people mean the coming one)'],
    ['13/06/2026', {}, '2026-06-13 (Saturday)'],
    ['05/06/2026', { day_first: true }, '2026-06-05 (Friday)'],
    ['05/06/2026', { day_first: false }, '2026-05-06 (Wednesday)'],
    ['March 29 2026 at 2:30am', { time_zone: BERLIN }, `2026-03-29T03:30:00+02:00 (Sunday, ${BERLIN}) (${SKIPPED})`],
    ['25 October 2026 2:30', { time_zone: BERLIN }, `2026-10-25T02:30:00+02:00 (Sunday, ${BERLIN}) (${TWICE})`],
  ])('reads %j with %j', async (text, more, meaning) => {
    expect(await parse(text, more)).toBe(`${JSON.stringify(text)}: ${meaning}`);
  });

  test('names both readings of a date whose order is not clear', async () => {
    expect(await parse('by 05/06/2026, or tomorrow')).toBe(
      '"05/06/2026" is ambiguous: 2026-05-06 (Wednesday) if the month comes first, 2026-06-05 (Friday) if the day comes first. Ask, or set day_first.\n"tomorrow": 2026-12-01 (Tuesday)',
    );
  });

  test.each(['nothing', '31/02/2026', 'Feb 30 2026'])('finds no date in %j', async (text) => {
    expect(await parse(text)).toBe('! There is no date in the text, or it does not exist.');
  });
});

describe('add_to_date', () => {
  const add = (date: string, amount: number, unit: string, time_zone = 'UTC') =>
    answerOf(addToDate, { date, amount, unit, time_zone });

  test.each([
    ['2026-01-31', 1, 'months', '2026-02-28 (Saturday)\n2026-02 has no day 31; its last day is used.'],
    ['2024-02-29', 1, 'years', '2025-02-28 (Friday)\n2025-02 has no day 29; its last day is used.'],
    ['2026-11-30', -2, 'weeks', '2026-11-16 (Monday)'],
    ['2026-11-30', 33, 'days', '2027-01-02 (Saturday)'],
    ['2026-11-30T00:00', -90, 'minutes', '2026-11-29T22:30:00+00:00 (Sunday, UTC)'],
  ])('%s and %d %s', async (date, amount, unit, said) => {
    expect(await add(date, amount, unit)).toBe(said);
  });

  test.each([
    ['2026-03-28T02:30', 1, 'days', `2026-03-29T03:30:00+02:00 (Sunday, ${BERLIN})\n${SKIPPED}`],
    ['2026-10-24T02:30', 1, 'days', `2026-10-25T02:30:00+02:00 (Sunday, ${BERLIN})\n${TWICE}`],
    ['2026-03-29T01:30', 1, 'hours', `2026-03-29T03:30:00+02:00 (Sunday, ${BERLIN})`],
    ['2026-10-25T02:30+01:00', 5, 'minutes', `2026-10-25T02:35:00+01:00 (Sunday, ${BERLIN})`],
  ])('%s and %d %s in Berlin, where clocks change', async (date, amount, unit, said) => {
    expect(await add(date, amount, unit, BERLIN)).toBe(said);
  });

  test('working days skip weekends, as counting them one by one does', async () => {
    for (const start of ['2026-11-27', '2026-11-28', '2026-11-29', '2026-11-30', '2026-12-02'])
      for (const amount of [-11, -5, -1, 0, 1, 4, 5, 6, 12]) {
        const day = new Date(`${start}T00:00Z`);
        for (let left = Math.abs(amount); left > 0; ) {
          day.setUTCDate(day.getUTCDate() + Math.sign(amount));
          if (day.getUTCDay() % 6 !== 0) left -= 1;
        }
        expect(await add(start, amount, 'working_days')).toContain(day.toISOString().slice(0, 10));
      }
  });

  test.each([
    ['9999-12-31', 1, 'days', 'the result is not in the years 1 to 9999'],
    ['9999-12-31', 1e9, 'years', 'the result is too far away'],
    ['2026-02-30', 1, 'days', '2026-02-30 does not exist'],
    ['2026-01-01T25:00', 1, 'days', '2026-01-01T25:00 does not exist'],
    ['2026-01-01', 1, 'hours', 'hours cannot be added to a day'],
    ['tomorrow', 1, 'days', '"tomorrow" is not a date'],
  ])('refuses %s and %d %s', async (date, amount, unit, reason) => {
    expect(await add(date, amount, unit)).toContain(`! The date cannot be computed: ${reason}`);
  });
});

describe('subtract_dates', () => {
  test.each([
    [
      '2024-02-29',
      '2026-11-30',
      '2 years 9 months 1 day\n1005 days (the first not counted)\n143 weeks and 4 days\n717 working days (the first not counted)',
    ],
    [
      '2026-11-27',
      '2026-11-30',
      '3 days\n3 days (the first not counted)\n0 weeks and 3 days\n1 working day (the first not counted)',
    ],
    [
      '2026-11-30',
      '2026-11-27',
      '-3 days\n-3 days (the first not counted)\n0 weeks and -3 days\n-1 working days (the first not counted)',
    ],
  ])('from %s to %s', async (from, to, said) => {
    expect(await answerOf(subtractDates, { from, to })).toBe(said);
  });

  test('counts the hours of a day on which clocks change', async () => {
    const given = { from: '2026-03-28T12:00', to: '2026-03-29T12:00', time_zone: BERLIN };
    expect(await answerOf(subtractDates, given)).toMatch(/^1 day\nexactly: 23 hours = 1380 minutes = 82800 seconds\n/);
  });

  test('refuses a day and a time', async () => {
    expect(await answerOf(subtractDates, { from: '2026-03-28', to: '2026-03-29T12:00' })).toContain('one is a day');
  });
});

describe('convert_time_zone', () => {
  test('says what clocks elsewhere show, and names a time that does not exist', async () => {
    const given = { time: '2026-03-29T02:30', from_zone: BERLIN, to_zones: ['America/New_York', 'Asia/Kolkata'] };
    expect(await answerOf(convertTimeZone, given)).toBe(
      `2026-03-29T03:30:00+02:00 (Sunday, ${BERLIN})\n${SKIPPED}\n2026-03-28T21:30:00-04:00 (Saturday, America/New_York)\n2026-03-29T07:00:00+05:30 (Sunday, Asia/Kolkata)`,
    );
  });

  test('refuses a day, and a zone that does not exist', async () => {
    expect(await answerOf(convertTimeZone, { time: '2026-03-29', to_zones: ['UTC'] })).toContain('a day has no time');
    expect(await answerOf(convertTimeZone, { time: '2026-03-29T00:00Z', to_zones: ['Mars/Base'] })).toContain(
      'are wrong',
    );
  });
});
