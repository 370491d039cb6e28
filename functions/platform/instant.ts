import { z } from 'zod';

const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59Z');
/** PostgreSQL accepts offsets below 16 hours. */
const WIDEST_OFFSET = 15 * 60 + 59;
/** PostgreSQL refuses texts of more than 128 characters. A time with nine digits of its second has 35. */
const LONGEST_TEXT = 40;

/**
 * Returns whether PostgreSQL stores a time and returns it with a year of four digits: a time of the years 1 to 9999, as
 * written and in UTC, with an offset below 16 hours, and not too many digits.
 */
export function isStorable(time: string): boolean {
  if (time.length > LONGEST_TEXT) return false;
  const moment = Date.parse(time);
  const isInRange = moment >= FIRST && moment <= LAST && !time.startsWith('0000');
  return isInRange && Math.abs(utcOffsetOf(time)) <= WIDEST_OFFSET;
}

/** The message for a text of another form; a value of another type has the message of its type. */
function wrongText(message: string) {
  return ({ code }: { code?: string }) => (code === 'invalid_format' ? message : undefined);
}

/** A moment with its time zone. The schema of every time in a request: what the database cannot store is a 422. */
export const Instant = z.iso
  .datetime({
    offset: true,
    abort: true,
    error: wrongText('must be a time with its zone, such as 2026-11-29T09:30:00Z'),
  })
  .refine(
    isStorable,
    'must be of the years 1 to 9999, also in UTC, with an offset below 16 hours and at most 40 characters',
  );

/** A day as a request names it. */
export const Day = z.iso
  .date({ abort: true, error: wrongText('must be a day such as 2026-11-29') })
  .refine((day) => isStorable(`${day}T00:00:00Z`), 'must be of the years 1 to 9999');

/** Returns the offset from UTC that a time is written with, in minutes; 0 for `Z`. */
export function utcOffsetOf(time: string): number {
  const [, sign, hours, minutes] = /([+-])(\d{2}):?(\d{2})?$/.exec(time.slice('YYYY-MM-DD'.length)) ?? [];
  const size = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === '-' ? -size : size;
}

/** Returns a moment as it is written with an offset of these minutes. */
function atOffset(time: string, minutes: number): string {
  if (minutes === 0) return time;
  const size = Math.abs(minutes);
  const two = (value: number) => String(value).padStart(2, '0');
  const zone = `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return new Date(Date.parse(time) + minutes * 60_000).toISOString().replace(/(?:\.000)?Z$/, zone);
}

/** Returns rows of turns with the times as they were sent, because the offset of a time decides its day. */
export function withOwnOffset<Row extends { said_at: string; utc_offset: number }>(
  rows: readonly Row[],
): Omit<Row, 'utc_offset'>[] {
  return rows.map(({ utc_offset: offset, ...row }) => ({ ...row, said_at: atOffset(row.said_at, offset) }));
}

/** Returns the day of a moment where it was written, `YYYY-MM-DD`: its own offset decides. */
export function localDay(time: string): string {
  return time.slice(0, 'YYYY-MM-DD'.length);
}
