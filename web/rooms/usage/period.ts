/** The period of a report and its address. Days are ISO dates of the viewer's zone. Pure. */

export const LENGTHS = [7, 30, 90] as const;
/** The most days that the server reports at once. */
export const MOST_DAYS = 92;
const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface Period {
  from: string;
  to: string;
  /** The length when the period ends today and is one of {@link LENGTHS}. */
  days?: number;
}

/** Returns the period that an address names: `?days=7`, or `?from=…&to=…`; else the last 30 days. */
export function periodIn(query: Record<string, unknown>, today: string): Period {
  const { from, to, days } = query;
  if (isDay(from) && isDay(to) && faultOf(from, to) === undefined) return { from, to };
  const length = LENGTHS.find((one) => String(one) === days) ?? USUAL_DAYS;
  return { from: addDays(today, 1 - length), to: today, days: length };
}

/** Returns what is wrong with a range, or undefined. */
export function faultOf(from: string, to: string): 'missing' | 'order' | 'long' | undefined {
  if (!isDay(from) || !isDay(to)) return 'missing';
  if (from > to) return 'order';
  return daysOf(from, to).length > MOST_DAYS ? 'long' : undefined;
}

/** Returns the days of a period, oldest first; at most one more than a report may have. */
export function daysOf(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to && days.length <= MOST_DAYS; day = addDays(day, 1)) days.push(day);
  return days;
}

/** Returns the date of an instant in a zone. */
export function dayIn(instant: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(instant);
}

function addDays(day: string, count: number): string {
  return new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10);
}

function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !DAY.test(value)) return false;
  const time = Date.parse(value);
  // 31 February is parsed as 3 March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}
