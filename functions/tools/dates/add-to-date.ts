import type { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { answer, tool } from '../tool.ts';
import { computeDates, DateText, Zone } from './date-arguments.ts';
import type { CalendarTime } from './zoned-time.ts';

const MOST_WORKING_DAYS = 10_000;

const amount = (description: string, most = 1_000_000) => z.int().min(-most).max(most).optional().meta({ description });

/**
 * Adds to a date. Years to days move the calendar and keep the time on the clock; hours to seconds are exact, so they
 * count across a change of the clocks.
 */
export const addToDate = tool({
  name: 'add_to_date',
  description:
    'Adds years, months, weeks, days, working days, hours, minutes and seconds (negative: subtracts) to a day or a time, and returns the result with its day of the week. Says so when a day does not exist in the month (31 January + 1 month is 28 February), and when clocks change at that time.',
  parameters: z.strictObject({
    date: DateText,
    years: amount('Years to add', 10_000),
    months: amount('Months to add', 100_000),
    weeks: amount('Weeks to add', 100_000),
    days: amount('Days to add'),
    working_days: amount('Days from Monday to Friday to add; holidays are not known', MOST_WORKING_DAYS),
    hours: amount('Hours to add, exactly'),
    minutes: amount('Minutes to add, exactly', 100_000_000),
    seconds: amount('Seconds to add, exactly', 1_000_000_000),
    time_zone: Zone,
  }),
  safeToRepeat: true,
  execute: ({ date, time_zone, hours = 0, minutes = 0, seconds = 0, ...calendar }) =>
    computeDates(({ DateFault, onClocks, readTime, writeTime }) => {
      const start = readTime(date, time_zone);
      const hasExact = hours !== 0 || minutes !== 0 || seconds !== 0;
      if (start.kind === 'day') {
        if (hasExact) throw new DateFault('hours cannot be added to a day; give a time such as 2026-11-30T14:00');
        const { day, notes } = moveDay(start.day, calendar);
        return answer([writeTime({ kind: 'day', day }), ...notes].join('\n'));
      }
      const moved = moveDay(start.moment.toPlainDate(), calendar);
      // A moment that keeps its day stays exactly what it is: its time may exist twice on that day.
      const reached: Extract<CalendarTime, { kind: 'moment' }> = moved.day.equals(start.moment.toPlainDate())
        ? start
        : { kind: 'moment', ...onClocks(moved.day.toPlainDateTime(start.moment.toPlainTime()), time_zone) };
      const moment = reached.moment.add({ seconds: hours * 3600 + minutes * 60 + seconds });
      return answer(writeTime({ kind: 'moment', moment, notes: [...moved.notes, ...reached.notes] }));
    }),
});

interface CalendarAmounts {
  years?: number | undefined;
  months?: number | undefined;
  weeks?: number | undefined;
  days?: number | undefined;
  working_days?: number | undefined;
}

/** One duration cannot have amounts of both signs, so each step has one unit. */
function moveDay(
  start: Temporal.PlainDate,
  { years = 0, months = 0, weeks = 0, days = 0, working_days = 0 }: CalendarAmounts,
): { day: Temporal.PlainDate; notes: string[] } {
  const inMonth = start.add({ months: years * 12 + months });
  const notes =
    inMonth.day === start.day
      ? []
      : [`${inMonth.toPlainYearMonth()} has no day ${start.day}; its last day is used for years and months.`];
  return { day: addWorkingDays(inMonth.add({ days: weeks * 7 + days }), working_days), notes };
}

function addWorkingDays(start: Temporal.PlainDate, count: number): Temporal.PlainDate {
  const step = { days: Math.sign(count) };
  let day = start;
  for (let left = Math.abs(count); left > 0; ) {
    day = day.add(step);
    if (day.dayOfWeek <= 5) left -= 1;
  }
  return day;
}
