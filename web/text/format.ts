/**
 * Numbers, money and times as text. Pure: `now` and the zone are arguments where they matter, so tests need no clock.
 */

const LOCALE = 'en';

// Made when they are first used: the first page would wait 10 ms for each, and uses few.
const counts = lazy(() => new Intl.NumberFormat(LOCALE));
const compact = lazy(() => new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 }));
const money = lazy(() => new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 }));
const plurals = lazy(() => new Intl.PluralRules(LOCALE));
const listFormat = lazy(() => new Intl.ListFormat(LOCALE));
const relative = lazy(() => new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' }));

function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/**
 * Returns a formatter of dates. It is made once for its options: a list makes a text for each row, and to make the
 * formatter takes longer than to use it.
 */
const dateFormats = new Map<string, Intl.DateTimeFormat>();
function dateFormat(name: string, timeZone: string | undefined, options: Intl.DateTimeFormatOptions) {
  const key = `${name} ${timeZone}`;
  const known = dateFormats.get(key) ?? new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
  dateFormats.set(key, known);
  return known;
}

export function formatCount(value: number): string {
  return counts().format(value);
}

/** 184220 → 184.2K */
export function formatCompact(value: number): string {
  return compact().format(value);
}

/** Returns "1 file" or "3 files". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${counts().format(value)} ${plurals().select(value) === 'one' ? one : many}`;
}

export function formatList(values: readonly string[]): string {
  return listFormat().format(values);
}

/**
 * Returns an amount of US dollars with all its digits, and at least two decimals: "0.0012375" → "$0.0012375". Works on
 * the text, because a JavaScript number would lose digits.
 */
export function formatMoney(usd: string): string {
  const [, sign = '', whole = '0', decimals = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(usd) ?? [];
  const kept = decimals.replace(/0+$/, '').padEnd(2, '0');
  return `${sign}$${counts().format(BigInt(whole))}.${kept}`;
}

/** Returns an amount rounded to four significant decimals for rows; "<$0.0001" when it is smaller. */
export function formatMoneyShort(usd: string): string {
  const value = Number(usd);
  if (value === 0) return '$0.00';
  if (value < 0.0001) return '<$0.0001';
  return value < 1 ? `$${value.toFixed(4)}` : `$${money().format(value)}`;
}

/** 312 → "0.3 s", 75000 → "1 min 15 s", 7200000 → "2 h", 180000000 → "2 d 2 h" */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ');
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  const value = bytes / 1000 ** power;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power - 1]}`;
}

/** Returns date and time with the zone's name: "12 Mar 2026, 14:02:11 CET". */
export function formatInstant(instant: string | Date, timeZone?: string): string {
  return dateFormat('instant', timeZone, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(new Date(instant));
}

export function formatDay(instant: string | Date, timeZone?: string): string {
  return dateFormat('day', timeZone, { day: 'numeric', month: 'long', year: 'numeric' }).format(new Date(instant));
}

/** 14:02:11 */
export function formatClock(instant: string | Date, timeZone?: string): string {
  return dateFormat('clock', timeZone, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(instant));
}

/** Returns the clock time of today, and the day of other days: "14:02", "12 Mar", "12 Mar 2025". */
export function formatBrief(instant: string | Date, now: number, timeZone?: string): string {
  const [at, today] = [new Date(instant), new Date(now)];
  const day = briefDayFormat(timeZone);
  if (day.format(at) === day.format(today)) return formatClock(at, timeZone).slice(0, 5);
  return formatBriefDay(at, now, timeZone);
}

const briefDayFormat = (timeZone?: string) =>
  dateFormat('brief day', timeZone, { day: 'numeric', month: 'short', year: 'numeric' });

/** Returns the day, also of today; with its year when that is another one: "12 Mar", "12 Mar 2025". */
export function formatBriefDay(instant: string | Date, now: number, timeZone?: string): string {
  const [at, today] = [new Date(instant), new Date(now)];
  if (at.getFullYear() !== today.getFullYear()) return briefDayFormat(timeZone).format(at);
  return dateFormat('brief', timeZone, { day: 'numeric', month: 'short' }).format(at);
}

const STEPS: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, 'second'],
  [3600, 'minute'],
  [86_400, 'hour'],
  [2_592_000, 'day'],
  [31_536_000, 'month'],
  [Number.POSITIVE_INFINITY, 'year'],
];

/** Returns "5 minutes ago", "in 6 days", or "now" within 5 s. */
export function formatRelative(instant: string | Date, now: number): string {
  const seconds = (new Date(instant).getTime() - now) / 1000;
  if (Math.abs(seconds) < 5) return 'now';
  let unitSeconds = 1;
  for (const [limit, unit] of STEPS) {
    if (Math.abs(seconds) < limit) return relative().format(Math.trunc(seconds / unitSeconds), unit);
    unitSeconds = limit;
  }
  return formatDay(instant);
}
