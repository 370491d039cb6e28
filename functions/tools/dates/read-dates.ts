import { type Chrono, casual, GB, type ParsedResult } from 'chrono-node/en';
import { Temporal } from 'temporal-polyfill';
import { onClocks, readTime, writeDay, writeMoment } from './zoned-time.ts';

export interface FoundDate {
  /** The words of the text. */
  words: string;
  /** The date in ISO 8601, with what was assumed. */
  meaning: string;
  /** The other reading, when the order of day and month is not clear. */
  otherMeaning?: string;
}

/**
 * Finds the dates of an English text. When `dayFirst` is absent, both orders of day and month are read and compared.
 * @throws DateFault for a reference that does not exist
 */
export function readDates(
  text: string,
  {
    reference,
    zone,
    now,
    dayFirst,
  }: { reference?: string | undefined; zone: string; now: Date; dayFirst?: boolean | undefined },
): FoundDate[] {
  const from = referenceOf(reference, zone, now);
  const read = (chrono: Chrono) => {
    const timezone = from.offsetNanoseconds / 60e9;
    const found = chrono.parse(text, { instant: new Date(from.epochMilliseconds), timezone });
    return found.map((date) => ({ place: date.index, words: date.text, meaning: describe(date, zone) }));
  };
  const others = dayFirst === undefined ? read(GB) : [];
  return read(dayFirst === true ? GB : casual).map(({ place, words, meaning }) => {
    const other = others.find((candidate) => candidate.place === place)?.meaning ?? meaning;
    return { words, meaning, ...(other === meaning ? {} : { otherMeaning: other }) };
  });
}

function referenceOf(reference: string | undefined, zone: string, now: Date): Temporal.ZonedDateTime {
  if (reference === undefined) return Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone);
  const given = readTime(reference, zone);
  return given.kind === 'moment' ? given.moment : onClocks(given.day.toPlainDateTime('12:00'), zone).moment;
}

/** Read as a day of next week. For some people it is the coming day of this name. */
const NEXT_WEEKDAY = /\bnext (?:mon|tue|wed|thu|fri|sat|sun)/i;

function describe({ text, start, end }: ParsedResult, zone: string): string {
  const found = end ? `${describeOne(start, zone)} to ${describeOne(end, zone)}` : describeOne(start, zone);
  return withNotes(found, NEXT_WEEKDAY.test(text) ? ['taken as next week; some people mean the coming one'] : []);
}

function describeOne(found: ParsedResult['start'], zone: string): string {
  const day = Temporal.PlainDate.from({
    year: found.get('year') ?? 0,
    month: found.get('month') ?? 1,
    day: found.get('day') ?? 1,
  });
  const hasDay = found.isCertain('day') || found.isCertain('weekday');
  if (!found.isCertain('hour')) {
    if (!hasDay) return `${day.toPlainYearMonth()} (a month, no day is given)`;
    return withNotes(writeDay(day), found.isCertain('day') && !found.isCertain('year') ? ['the year is assumed'] : []);
  }
  const notes = hasDay ? [] : ['the day is assumed'];
  const clock = { hour: found.get('hour') ?? 0, minute: found.get('minute') ?? 0, second: found.get('second') ?? 0 };
  const time = day.toPlainDateTime(clock);
  const offset = found.isCertain('timezoneOffset') ? found.get('timezoneOffset') : null;
  if (offset === null) {
    const { moment, notes: ofClocks } = onClocks(time, zone);
    return withNotes(writeMoment(moment), [...notes, ...ofClocks]);
  }
  const moment = time.subtract({ minutes: offset }).toZonedDateTime('UTC').withTimeZone(zone);
  return withNotes(writeMoment(moment), notes);
}

function withNotes(text: string, notes: readonly string[]): string {
  return notes.length === 0 ? text : `${text} (${notes.join('; ')})`;
}
