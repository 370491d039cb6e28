import type { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { countOf } from '../text-argument.ts';
import { answer, tool } from '../tool.ts';
import { computeDates, DateText, Zone } from './date-arguments.ts';

/** Returns how far two dates are apart. Times are exact across a change of the clocks. */
export const subtractDates = tool({
  name: 'subtract_dates',
  description:
    'Returns how long it is from one day or time to another: in years, months and days, as a number of days, weeks and working days (Monday to Friday, holidays are not known), and for times in hours, minutes and seconds. Negative when the second is before the first.',
  parameters: z.strictObject({ from: DateText, to: DateText, time_zone: Zone }),
  safeToRepeat: true,
  execute: ({ from, to, time_zone }) =>
    computeDates(({ DateFault, readTime }) => {
      const [first, second] = [readTime(from, time_zone), readTime(to, time_zone)];
      if (first.kind === 'day' && second.kind === 'day') return answer(describeDays(first.day, second.day).join('\n'));
      if (first.kind === 'day' || second.kind === 'day') throw new DateFault('one is a day and the other a time');
      const days = describeDays(first.moment.toPlainDate(), second.moment.toPlainDate());
      const between = first.moment.until(second.moment, { largestUnit: 'year' });
      const seconds = Number(second.moment.epochMilliseconds - first.moment.epochMilliseconds) / 1000;
      const totals = [
        describeDuration(between),
        `exactly: ${seconds / 3600} hours = ${seconds / 60} minutes = ${seconds} seconds`,
        `days of the calendar: ${days.slice(1).join('; ')}`,
      ];
      return answer([...totals, ...first.notes, ...second.notes].join('\n'));
    }),
});

function describeDays(from: Temporal.PlainDate, to: Temporal.PlainDate): string[] {
  const { days } = from.until(to, { largestUnit: 'day' });
  return [
    describeDuration(from.until(to, { largestUnit: 'year' })),
    `${countOf(days, 'day')} (the first not counted)`,
    `${countOf(Math.trunc(days / 7), 'week')} and ${countOf(days % 7, 'day')}`,
    `${countOf(countWorkingDays(from, days), 'working day')} (the first not counted)`,
  ];
}

const UNITS = ['years', 'months', 'days', 'hours', 'minutes', 'seconds'] as const;

/** Writes a duration as `1 year 2 months 3 days`. */
function describeDuration(duration: Temporal.Duration): string {
  const parts = UNITS.filter((unit) => duration[unit] !== 0).map((unit) => countOf(duration[unit], unit.slice(0, -1)));
  return parts.length === 0 ? 'no difference' : parts.join(' ');
}

/** Counts the days from Monday to Friday after the first day. Whole weeks have five, so only the rest is walked. */
function countWorkingDays(from: Temporal.PlainDate, days: number): number {
  const sign = Math.sign(days);
  let count = 5 * Math.trunc(Math.abs(days) / 7);
  for (let step = 1; step <= Math.abs(days) % 7; step += 1)
    if (from.add({ days: sign * step }).dayOfWeek <= 5) count += 1;
  return sign * count;
}
