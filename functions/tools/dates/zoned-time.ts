import { Temporal } from 'temporal-polyfill';

/**
 * Dates and times of the calendar, on the standard API Temporal. Node has it behind a flag; temporal-polyfill uses
 * Node's own as soon as it is there.
 */

/** Thrown for a time that cannot be computed with. The message is written for a model. */
export class DateFault extends Error {}

/** A day without a time, or a moment in a time zone with what had to be decided to find it. */
export type CalendarTime =
  | { kind: 'day'; day: Temporal.PlainDate }
  | { kind: 'moment'; moment: Temporal.ZonedDateTime; notes: string[] };

const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** ISO 8601 with a time. The offset may be absent. */
const TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * Reads a day, a time with an offset, or a time as clocks of the zone show it.
 * @throws DateFault
 */
export function readTime(text: string, zone: string): CalendarTime {
  try {
    if (DAY.test(text)) return { kind: 'day', day: Temporal.PlainDate.from(text, { overflow: 'reject' }) };
    const [, offset] = TIME.exec(text) ?? [undefined, undefined];
    if (offset !== undefined)
      return { kind: 'moment', moment: Temporal.Instant.from(text).toZonedDateTimeISO(zone), notes: [] };
    if (TIME.test(text))
      return { kind: 'moment', ...onClocks(Temporal.PlainDateTime.from(text, { overflow: 'reject' }), zone) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DateFault(`${text} does not exist`);
  }
  throw new DateFault(
    `${JSON.stringify(text)} is not a date such as 2026-11-30 or a time such as 2026-11-30T14:00+01:00`,
  );
}

/**
 * Returns the moment at which clocks of a zone show a time. When clocks go forward, a skipped time is moved forward;
 * when they go back, the first of the two moments is taken. Both are noted.
 */
export function onClocks(
  time: Temporal.PlainDateTime,
  zone: string,
): { moment: Temporal.ZonedDateTime; notes: string[] } {
  const first = time.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const second = time.toZonedDateTime(zone, { disambiguation: 'later' });
  if (first.equals(second)) return { moment: first, notes: [] };
  const shown = `${time.toString({ smallestUnit: 'minute' }).replace('T', ' ')} in ${zone}`;
  if (first.toPlainDateTime().equals(time)) {
    const offsets = `${first.offset} and ${second.offset}`;
    return { moment: first, notes: [`${shown} exists twice (${offsets}), because clocks go back; the first is used.`] };
  }
  return {
    moment: second,
    notes: [`${shown} does not exist, because clocks go forward; a time after the gap is used.`],
  };
}

/** Writes a moment as `2026-11-21T04:20:00+01:00 (Saturday, Europe/Berlin)`. */
export function writeMoment(moment: Temporal.ZonedDateTime): string {
  return `${moment.toString({ timeZoneName: 'never' })} (${weekdayOf(moment)}, ${moment.timeZoneId})`;
}

/** Writes a day as `2026-11-21 (Saturday)`. */
export function writeDay(day: Temporal.PlainDate): string {
  return `${day.toString()} (${weekdayOf(day)})`;
}

/** Writes either. @throws DateFault outside of the years 1 to 9999 */
export function writeTime(time: CalendarTime): string {
  const { year } = time.kind === 'day' ? time.day : time.moment;
  if (year < 1 || year > 9999) throw new DateFault('the result is not in the years 1 to 9999');
  if (time.kind === 'day') return writeDay(time.day);
  return [writeMoment(time.moment), ...time.notes].join('\n');
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

function weekdayOf({ dayOfWeek }: { dayOfWeek: number }): string {
  return WEEKDAYS[dayOfWeek - 1] ?? '';
}
