import { casual, type ParsingComponents } from 'chrono-node/en';

/**
 * Dates in the text of facts. chrono-node computes them; the patterns in this file choose which words are read, because
 * its casual English parser also takes "sun", "march", "3/4" and "for 30 days" for dates. All days are days in UTC.
 * Importing `chrono-node/en` takes 60 ms, the package with all languages 270 ms.
 */

/** Words that introduce the time since when a fact is true. */
const SINCE = /\b(?:since|as of|effective|starting|beginning|from) (?:the )?/gi;
const MONTHS = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
/** Dates whose order of day and month is unambiguous; "05/06/2024" is not. */
const ABSOLUTE = new RegExp(
  `^(?:\\d{4}-\\d{2}-\\d{2}|\\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:${MONTHS})|(?:${MONTHS}))`,
  'i',
);
const YEAR = /^(?:19|20)\d{2}\b(?!-)/;
/** More characters than the longest date has. */
const LONGEST_DATE = 40;

const WEEKDAY = '(?:mon|tues|wednes|thurs|fri|satur|sun)day';
const COUNT = '(?:\\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)';
const EXPRESSION = `(?:day before )?yesterday|today|(?:day after )?tomorrow|(?:last|this) ${WEEKDAY}|(?:last|this|next) (?:month|year)|${COUNT} (?:day|week|month|year)s? ago`;
const RELATIVE_START = new RegExp(`^(?:${EXPRESSION})\\b`, 'i');
/** "next Friday" is not replaced, because people mean different weeks; "every last Friday" is a repetition. */
const RELATIVE = new RegExp(
  `(?<!\\bevery |\\beach )\\b(?:(on|in|since|from|until|till|by|before|after|of|to) )?(?:the )?(${EXPRESSION})\\b`,
  'gi',
);

/**
 * Returns since when a fact is true: the day after "since", "as of" or "from" in its text, otherwise the time at which
 * it was said. A day after that time is a plan, so it is ignored.
 */
export function validFromOf(text: string, saidAt: string): string {
  for (const { 0: words, index } of text.matchAll(SINCE)) {
    const day = dayAt(text.slice(index + words.length).slice(0, LONGEST_DATE), saidAt);
    if (day !== undefined) return Date.parse(day) > Date.parse(saidAt) ? saidAt : day;
  }
  return saidAt;
}

/** Returns the first moment of the date at the start of a text, ISO 8601; undefined when there is none. */
function dayAt(text: string, saidAt: string): string | undefined {
  const year = YEAR.exec(text)?.[0];
  if (year !== undefined) return `${year}-01-01T00:00:00.000Z`;
  const relative = RELATIVE_START.exec(text)?.[0];
  if (relative === undefined && !ABSOLUTE.test(text)) return undefined;
  const [date] = relative === undefined ? casual.parse(text) : parseRelative(relative, saidAt);
  if (date === undefined || date.index !== 0) return undefined;
  // "since May" names no year, and a guess could be wrong.
  if (relative === undefined && !date.start.isCertain('year')) return undefined;
  return `${dayOf(date.start, precisionOf(date.start))}T00:00:00.000Z`;
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
 * Reads an expression from the day of the session in UTC. Months are counted from the middle of the month, because
 * chrono-node takes "next month" on 31 January for March. It reads "the day before yesterday" only with its article.
 */
function parseRelative(words: string, saidAt: string) {
  const instant = new Date(saidAt);
  if (/month/i.test(words)) instant.setUTCDate(15);
  return casual.parse(words.replace(/^day /i, 'the day '), { instant, timezone: 0 });
}
