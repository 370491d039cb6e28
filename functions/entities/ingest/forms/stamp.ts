import { isStorable } from '../../../platform/instant.ts';

/** A date as it is written: three numbers, whose order may be unknown, a clock time, and an offset from UTC. */
export interface Stamp {
  /** Year, month and day, or three numbers of which the last is the year (`order` says so). */
  date?: { numbers: readonly [number, number, number]; order: 'ymd' | 'dmy' | 'unknown' } | undefined;
  time?: { hour: number; minute: number; second: number } | undefined;
  offset?: string | undefined;
  /** The whole stamp, when it is ISO 8601 with an offset. */
  iso?: string;
}

/** The order of day and month in dates such as 05/04/2026. */
export type DayOrder = 'dmy' | 'mdy';

const MONTHS: Record<string, number> = Object.fromEntries(
  [
    'jan ene gen янв',
    'feb fev fév févr фев',
    'mar mär mrz mars мар',
    'apr abr avr апр',
    'may mai mag maj мая май',
    'jun juin giu июн',
    'jul juil lug июл',
    'aug ago aoû août авг',
    'sep set сен',
    'oct okt out ott окт',
    'nov ноя',
    'dec dez déc dic дек',
  ].flatMap((names, index) => names.split(' ').map((name) => [name, index + 1])),
);

const DAY = String.raw`\d{1,2}(?:st|nd|rd|th|\.)?`;
const MONTH = String.raw`\p{L}{3,10}\.?`;
/** The source of a pattern that matches a date with its year. */
export const DATE = [
  String.raw`\d{4}(?:[-/]\d{1,2}[-/]|\. ?\d{1,2}\. ?)\d{1,2}\.?`,
  String.raw`\d{4}[年년] ?\d{1,2}[月월] ?\d{1,2}[日일]`,
  String.raw`\d{1,2}(?:[-/]\d{1,2}[-/]|\. ?\d{1,2}\. ?)(?:\d{4}|\d{2})`,
  String.raw`${DAY}[ -](?:de )?${MONTH},?[ -](?:de )?(?:\d{4}|\d{2})`,
  String.raw`${MONTH} ${DAY},? \d{4}`,
].join('|');
const HALF = String.raw`(?:[ap]\.? ?m\.?|[صم](?!\p{L})|午前|午後|上午|下午|오전|오후)`;
const TIME = String.raw`(?:${HALF} ?)?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d{1,6})?(?: ?${HALF})?`;
/** Without a date a point is no separator, because "2.10" is a number. */
const BARE_TIME = TIME.replaceAll('[:.]', ':');
const ZONE = String.raw`(?:Z|UTC|GMT| ?[+-]\d{2}:?\d{2})?`;
const JOIN = String.raw`(?:T|[,،]? (?:at |um |à |a las |às |ore |klo |kl\.? )?|[,،])`;

/** The source of a pattern that matches a stamp: a date, a date with a time in either order, or a time. */
export const STAMP = `(?:(?:${DATE})(?:${JOIN}${TIME}${ZONE})?|(?:\\d{1,2}[/.]\\d{1,2}\\.?,? )?${BARE_TIME}(?:[,،] ?(?:${DATE}))?)`;

const NUMERIC = /(\d{4}|\d{1,2})([-/.年년]) ?(\d{1,2})[-/.月월] ?(\d{4}|\d{1,2})/u;
const DAY_FIRST = /(\d{1,2})(?:st|nd|rd|th|\.)?[ -](?:de )?(\p{L}{3,10})\.?,?[ -](?:de )?(\d{4}|\d{2})/u;
const MONTH_FIRST = /(\p{L}{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})/u;
const CLOCK = /(?:^|[^\d:.])(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?![\d:/-])/u;

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)$/;

/** Parses a text that {@link STAMP} matched; undefined when a number is impossible. */
export function parseStamp(text: string): Stamp | undefined {
  if (ISO.test(text) && !Number.isNaN(Date.parse(text))) return { iso: text, date: dateIn(text) };
  const date = dateIn(text);
  const rest = date === undefined ? text : text.replace(date.written, ' ');
  const time = timeIn(rest);
  if (time === 'impossible') return undefined;
  const offset = /(?:\d)(Z|UTC|GMT| ?[+-]\d{2}:?\d{2})$/.exec(rest)?.[1];
  return {
    date,
    time,
    offset: offset === undefined ? undefined : offsetOf(offset.trim()),
  };
}

function offsetOf(written: string): string {
  return /^[+-]/.test(written) ? written.replace(/^(.\d\d):?(\d\d)$/, '$1:$2') : 'Z';
}

function dateIn(text: string): (NonNullable<Stamp['date']> & { written: string }) | undefined {
  const numeric = NUMERIC.exec(text);
  if (numeric !== null) {
    const [written, first = '', sign, second = '', third = ''] = numeric;
    const numbers = [Number(first), Number(second), Number(third)] as const;
    if (first.length === 4) return { written, numbers, order: 'ymd' };
    // No country writes month.day.year.
    return { written, numbers: [numbers[0], numbers[1], fullYear(third)], order: sign === '.' ? 'dmy' : 'unknown' };
  }
  const [written, day, month, year] = DAY_FIRST.exec(text) ?? [];
  const named = monthOf(month);
  if (written !== undefined && named !== undefined)
    return { written, numbers: [Number(day), named, fullYear(year ?? '')], order: 'dmy' };
  const [whole, name, date, ofYear] = MONTH_FIRST.exec(text) ?? [];
  const number = monthOf(name);
  if (whole === undefined || number === undefined) return undefined;
  return { written: whole, numbers: [Number(date), number, Number(ofYear)], order: 'dmy' };
}

function monthOf(name: string | undefined): number | undefined {
  const word = name?.toLowerCase() ?? '';
  return MONTHS[word] ?? MONTHS[word.slice(0, 4)] ?? MONTHS[word.slice(0, 3)];
}

function fullYear(written: string): number {
  return written.length === 2 ? 2000 + Number(written) : Number(written);
}

function timeIn(text: string): Stamp['time'] | 'impossible' {
  const found = CLOCK.exec(text);
  if (found === null) return undefined;
  const [minute, second] = [Number(found[2]), Number(found[3] ?? 0)];
  let hour = Number(found[1]);
  if (/p\.? ?m|م|午後|下午|오후/iu.test(text) && hour < 12) hour += 12;
  else if (/a\.? ?m|ص|午前|上午|오전/iu.test(text) && hour === 12) hour = 0;
  return minute > 59 || second > 59 ? 'impossible' : { hour, minute, second };
}

/**
 * Returns the order of day and month in all dates of a transcript, by evidence: a number above 12, a date in the future
 * under the other order, or dates that go forwards under one order only. Undefined when the evidence is missing or
 * contradicts itself.
 */
export function dayOrderOf(stamps: readonly Stamp[], now: string): DayOrder | undefined {
  const unknown = stamps.filter(({ date }) => date?.order === 'unknown');
  const orders: DayOrder[] = ['dmy', 'mdy'];
  const latest = Date.parse(now) + 24 * 3_600_000;
  const times = new Map(
    orders.map((order) => [order, unknown.map((stamp) => Date.parse(saidAtOf(stamp, order) ?? ''))]),
  );
  const possible = orders.filter((order) => times.get(order)?.every((time) => time <= latest));
  if (possible.length < 2) return possible[0];
  const forwards = orders.filter((order) =>
    times.get(order)?.every((time, at, all) => at === 0 || (all[at - 1] ?? 0) <= time),
  );
  const isOneDay = times.get('dmy')?.every((time, at) => time === times.get('mdy')?.[at]);
  return forwards.length === 1 || isOneDay === true ? (forwards[0] ?? 'dmy') : undefined;
}

/**
 * Returns the moment of a whole date as ISO 8601, at midnight without a time and in UTC without an offset. Undefined
 * without a date, for an impossible one or one that the database cannot store, and for an unknown order.
 */
export function saidAtOf({ iso, date, time, offset = 'Z' }: Stamp, order: DayOrder | undefined): string | undefined {
  if (iso !== undefined) return isStorable(iso) ? iso : undefined;
  if (date === undefined) return undefined;
  const [first, second, third] = date.numbers;
  const known = date.order === 'unknown' ? order : date.order;
  if (known === undefined) return undefined;
  const [year, month, day] =
    known === 'ymd' ? [first, second, third] : known === 'dmy' ? [third, second, first] : [third, first, second];
  const two = (value: number) => String(value).padStart(2, '0');
  const { hour, minute, second: seconds } = time ?? { hour: 0, minute: 0, second: 0 };
  const written = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  const clock = `${two(hour)}:${two(minute)}:${two(seconds)}`;
  // Date accepts 31 February as 3 March.
  const isReal = new Date(`${written}T00:00:00Z`).toJSON()?.slice(0, 10) === written;
  const moment = `${written}T${clock}${offset}`;
  return isReal && year >= 1900 && isStorable(moment) ? moment : undefined;
}
