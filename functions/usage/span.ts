import { Problem } from '../platform/errors.ts';

/** Maximum number of days in one answer. */
const MOST_DAYS = 92;
const MILLISECONDS_A_DAY = 86_400_000;

/** The days of a report, both included. */
export interface Span {
  from: string;
  to: string;
}

/**
 * Returns the days that a request asks for: the last 31 days of the zone when it names none.
 * @throws Problem 422 for a span that ends before it begins or is longer than 92 days
 */
export function spanOf(query: { from?: string | undefined; to?: string | undefined }, zone: string): Span {
  const to = query.to ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(Date.now());
  const from = query.from ?? dayOf(Math.max(Date.parse('0001-01-01'), Date.parse(to) - 30 * MILLISECONDS_A_DAY));
  const days = (Date.parse(to) - Date.parse(from)) / MILLISECONDS_A_DAY + 1;
  if (days < 1 || days > MOST_DAYS)
    throw new Problem('invalid-request', `The span from ${from} to ${to} must have 1 to ${MOST_DAYS} days.`);
  return { from, to };
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
