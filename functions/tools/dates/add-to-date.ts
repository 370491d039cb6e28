import type { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { answer, tool } from '../tool.ts';
import { computeDates, DateText, Zone } from './date-arguments.ts';

const SECONDS = { hours: 3_600, minutes: 60, seconds: 1 } as const;
const Unit = z.enum(['years', 'months', 'weeks', 'days', 'working_days', 'hours', 'minutes', 'seconds']);
type Days = Exclude<z.output<typeof Unit>, keyof typeof SECONDS>;

/**
 * Adds to a date. Years to days move the calendar and keep the time on the clock; hours to seconds are exact, so they
 * count across a change of the clocks.
 */
export const addToDate = tool({
  name: 'add_to_date',
  description:
    'Adds an amount of time to a day or a time (negative: subtracts) and returns the result with its day of the week. Working days are Monday to Friday; holidays are not known. Says so when a day does not exist in the month (31 January + 1 month is 28 February) and when clocks change at that time.',
  parameters: z.strictObject({
    date: DateText,
    amount: z.int().min(-1e9).max(1e9),
    unit: Unit,
    time_zone: Zone,
  }),
  safeToRepeat: true,
  execute: ({ date, amount, unit, time_zone }) =>
    computeDates(({ DateFault, onClocks, readTime, writeTime }) => {
      const start = readTime(date, time_zone);
      if (unit === 'hours' || unit === 'minutes' || unit === 'seconds') {
        if (start.kind === 'day')
          throw new DateFault(`${unit} cannot be added to a day; give a time such as 2026-11-30T14:00`);
        return answer(writeTime({ ...start, moment: start.moment.add({ seconds: amount * SECONDS[unit] }) }));
      }
      if (start.kind === 'day') {
        const { day, notes } = moveDay(start.day, amount, unit);
        return answer([writeTime({ kind: 'day', day }), ...notes].join('\n'));
      }
      const { day, notes } = moveDay(start.moment.toPlainDate(), amount, unit);
      const reached = onClocks(day.toPlainDateTime(start.moment.toPlainTime()), time_zone);
      return answer(writeTime({ kind: 'moment', moment: reached.moment, notes: [...notes, ...reached.notes] }));
    }),
});

function moveDay(start: Temporal.PlainDate, amount: number, unit: Days): { day: Temporal.PlainDate; notes: string[] } {
  if (unit === 'working_days') return { day: addWorkingDays(start, amount), notes: [] };
  const day = start.add({ [unit]: amount });
  const isCut = (unit === 'years' || unit === 'months') && day.day !== start.day;
  return { day, notes: isCut ? [`${day.toPlainYearMonth()} has no day ${start.day}; its last day is used.`] : [] };
}

/** Five working days are a week. Only the rest is walked, from the working day that a weekend follows or precedes. */
function addWorkingDays(start: Temporal.PlainDate, count: number): Temporal.PlainDate {
  if (count === 0) return start;
  const step = Math.sign(count);
  const atWeekend = Math.max(0, start.dayOfWeek - 5);
  const first = atWeekend === 0 ? start : start.add({ days: step > 0 ? -atWeekend : 3 - atWeekend });
  let day = first.add({ weeks: Math.trunc(count / 5) });
  for (let left = Math.abs(count % 5); left > 0; ) {
    day = day.add({ days: step });
    if (day.dayOfWeek <= 5) left -= 1;
  }
  return day;
}
