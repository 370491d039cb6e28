import { casual, type ParsingComponents } from 'chrono-node/en';

import { Instant, localDay, utcOffsetOf } from '../../platform/instant.ts';
import { readsAsYear } from './years.ts';

/**
 * Dates in the text of facts. chrono-node computes them; the patterns in this file choose which words are read, because
 * its casual English parser also takes "sun", "march", "3/4" and "for 30 days" for dates. All days are days at the
 * offset of the time at which the text was said. Importing `chrono-node/en` takes 60 ms, the package with all languages
 * 270 ms.
 */

/** Words that introduce the time since when a fact is true. */
const SINCE = /\b(since|as of|effective|starting|beginning|from) (?:the |on |in |about |around |early |late )?/gi;
const MONTHS = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
/** Dates whose order of day and month is unambiguous; "05/06/2024" is not. */
const ABSOLUTE = new RegExp(
  `^(?:\\d{4}([-/])\\d{2}\\1\\d{2}|\\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:${MONTHS})|(?:${MONTHS}))`,
  'i',
);
const MONTH_OF_YEAR = /^(?:19|20)\d{2}-(?:0[1-9]|1[0-2])(?![\d-])/;
/** More characters than the longest date has. */
const LONGEST_DATE = 40;

const WEEKDAY = '(?:mon|tues|wednes|thurs|fri|satur|sun)day';
const COUNT = '(?:\\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)';
const EXPRESSION = `(?:day before )?yesterday|today|(?:day after )?tomorrow|(?:last|this) ${WEEKDAY}|(?:last|this|next) (?:month|year)|${COUNT} (?:day|week|month|year)s? ago`;
const RELATIVE_START = new RegExp(`^(?:${EXPRESSION})\\b`, 'i');
/** "starting in two weeks". */
const IN_TIME = new RegExp(`^${COUNT} (?:day|week|month|year)s?\\b`, 'i');
const COMING = new RegExp(`^(?:next |this |coming )?(?:${WEEKDAY}|week)\\b`, 'i');
/** "next Friday" is not replaced, because people mean different weeks; "every last Friday" is a repetition. */
const RELATIVE = new RegExp(
  `(?<!\\bevery |\\beach )\\b(?:(on|in|since|from|until|till|by|before|after|of|to) )?(?:the )?(${EXPRESSION})\\b`,
  'gi',
);

/**
 * Returns since when a fact is true: the day after "since", "as of", "from" and the like in its text, otherwise the
 * time at which it was said. A day after that time is a plan, and the fact is true from that day on. The first day of a
 * period ("from 20 to 24 December 2026") is no plan, because the sentence about the period is true already.
 */
export function validFromOf(text: string, saidAt: string): string {
  for (const { 0: words, 1: lead = '', index } of text.matchAll(SINCE)) {
    const found = dayAt(text, { from: index + words.length, lead: lead.toLowerCase(), start: index }, saidAt);
    if (found === undefined) continue;
    const midnight = `${found.day}T00:00:00.000${zoneOf(saidAt)}`;
    if (!Instant.safeParse(midnight).success) return saidAt;
    if (Date.parse(midnight) <= Date.parse(saidAt)) return midnight;
    return lead.toLowerCase() === 'since' || found.isPeriod ? saidAt : midnight;
  }
  return saidAt;
}

function zoneOf(time: string): string {
  return /[+-]\d{2}:?\d{2}$/.exec(time.slice('YYYY-MM-DD'.length))?.[0] ?? 'Z';
}

const PERIOD = /^,? ?(?:to|until|till|through|thru|and|-|–|—) ?(?!on\b)/i;

interface Place {
  /** Where the date begins. */
  from: number;
  /** The word before it, and where that begins. */
  lead: string;
  start: number;
}

/** Returns the day of the date at a place, the first of its month or year, and whether a period begins with it. */
function dayAt(text: string, place: Place, saidAt: string): { day: string; isPeriod: boolean } | undefined {
  const words = text.slice(place.from, place.from + LONGEST_DATE);
  const endsAt = (length: number) => PERIOD.test(words.slice(length));
  const month = MONTH_OF_YEAR.exec(words)?.[0];
  if (month !== undefined) return { day: `${month}-01`, isPeriod: endsAt(month.length) };
  if (readsAsYear(text, place)) return { day: `${words.slice(0, 4)}-01-01`, isPeriod: endsAt(4) };
  const relative = RELATIVE_START.exec(words)?.[0];
  if (relative !== undefined) {
    const [date] = parseRelative(relative, saidAt);
    if (date === undefined || date.index !== 0) return undefined;
    return { day: dayOf(date.start, precisionOf(date.start)), isPeriod: endsAt(relative.length) };
  }
  const coming = COMING.exec(words)?.[0];
  if (coming !== undefined)
    return comingDay(text, { ...place, words: coming, isPeriod: endsAt(coming.length) }, saidAt);
  const later = /\bin $/i.test(text.slice(0, place.from)) ? IN_TIME.exec(words)?.[0] : undefined;
  if (later !== undefined) {
    const [date] = parseRelative(`in ${later}`, saidAt);
    return date === undefined ? undefined : { day: dayOf(date.start, 'day'), isPeriod: false };
  }
  if (!ABSOLUTE.test(words)) return undefined;
  const [date] = casual.parse(words);
  // "since May" names no year, and a guess could be wrong.
  if (date === undefined || date.index !== 0 || !date.start.isCertain('year')) return undefined;
  return {
    day: dayOf(date.start, precisionOf(date.start)),
    isPeriod: date.end !== null || endsAt(date.text.length),
  };
}

/**
 * Reads "next Monday" and "next week" as the start of a plan. "Monday" alone is a start after "starting", and after
 * "from" at the beginning of a text or before "on": "the report from Monday" looks back.
 */
function comingDay(
  text: string,
  { from, lead, start, words, isPeriod }: Place & { words: string; isPeriod: boolean },
  saidAt: string,
): { day: string; isPeriod: boolean } | undefined {
  const isNamed = /^(?:next|coming) /i.test(words);
  if (lead === 'since' || (/week$/i.test(words) && !isNamed)) return undefined;
  const isStart = lead !== 'from' || start === 0 || /^ on/i.test(text.slice(from + words.length));
  if (!isNamed && !isStart) return undefined;
  const timezone = utcOffsetOf(saidAt);
  const [date] = casual.parse(
    words.replace(/^coming /i, ''),
    { instant: new Date(saidAt), timezone },
    { forwardDate: true },
  );
  if (date === undefined) return undefined;
  const day = dayOf(date.start, 'day');
  return { day: /week$/i.test(words) ? mondayOf(day) : day, isPeriod };
}

function mondayOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}

/**
 * Replaces "yesterday", "last Friday", "3 days ago", "last month" and the like with dates, because a reader who does
 * not know the day of the session cannot resolve them. Absolute dates do not change.
 */
export function withAbsoluteDates(text: string, saidAt: string): string {
  return text.replaceAll(RELATIVE, (all: string, lead: string | undefined, words: string, index: number) => {
    const [date] = parseRelative(words, saidAt);
    if (date === undefined) return all;
    const precision = /week/i.test(words) ? 'week' : precisionOf(date.start);
    const written = dayOf(date.start, precision).slice(0, LENGTH[precision]);
    const isPossessive = /^['’]s\b/.test(text.slice(index + all.length));
    if (isPossessive) return lead === undefined ? written : `${lead} ${written}`;
    return lead === undefined || /^(on|in)$/i.test(lead)
      ? `${PREPOSITION[precision]} ${written}`
      : `${lead} ${written}`;
  });
}

type DateParts = Pick<ParsingComponents, 'get' | 'isCertain'>;
type Precision = 'day' | 'week' | 'month' | 'year';

const LENGTH: Record<Precision, number> = { day: 10, week: 10, month: 7, year: 4 };
const PREPOSITION: Record<Precision, string> = { day: 'on', week: 'around', month: 'in', year: 'in' };

/** Returns the smallest unit that the words name. chrono-node fills the others in. */
function precisionOf(date: DateParts): Precision {
  if (date.isCertain('day') || date.isCertain('weekday')) return 'day';
  return date.isCertain('month') ? 'month' : 'year';
}

/** Returns `YYYY-MM-DD`, the first day of a month or year where no day is named. */
function dayOf(date: DateParts, precision: Precision): string {
  const month = precision === 'year' ? 1 : (date.get('month') ?? 1);
  const day = precision === 'year' || precision === 'month' ? 1 : (date.get('day') ?? 1);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(date.get('year')).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/**
 * Reads an expression from the day of the session, at its own offset. Months are counted from the middle of the month,
 * because chrono-node takes "next month" on 31 January for March. It reads "the day before yesterday" only with its
 * article.
 */
function parseRelative(words: string, saidAt: string) {
  const timezone = utcOffsetOf(saidAt);
  const instant = new Date(saidAt);
  if (/month/i.test(words)) instant.setUTCDate(instant.getUTCDate() + 15 - Number(localDay(saidAt).slice(8)));
  return casual.parse(words.replace(/^day /i, 'the day '), { instant, timezone });
}
