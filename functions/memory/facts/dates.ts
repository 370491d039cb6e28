/** Dates in facts: absolute ones are read, relative ones are made absolute against the day on which they were said. All days are UTC. */

const MONTHS = 'january|february|march|april|may|june|july|august|september|october|november|december'.split('|');
const MONTH = `(${MONTHS.join('|')}|${MONTHS.map((month) => month.slice(0, 3)).join('|')})`;
const DATE = `(\\d{4}-\\d{2}-\\d{2}|\\d{1,2} ${MONTH} \\d{4}|${MONTH} \\d{1,2},? \\d{4}|${MONTH} \\d{4}|\\d{4})`;
const SINCE = new RegExp(`\\b(?:since|as of|effective|starting|beginning|from) (?:the )?${DATE}\\b`, 'i');

/**
 * When a fact became true: the day that its text names with "since", "as of" or "from", else when it was said. A day after that is a plan and counts as said.
 */
export function validFromOf(text: string, saidAt: string): string {
  const named = SINCE.exec(text)?.[1];
  const day = named === undefined ? undefined : dayOf(named);
  return day === undefined || Date.parse(day) > Date.parse(saidAt) ? saidAt : day;
}

/** The first moment of a written date, ISO 8601; undefined for one that no calendar has. */
function dayOf(written: string): string | undefined {
  if (/^\d{4}-/.test(written)) return isoOf(written);
  const [year] = /\d{4}/.exec(written) ?? [];
  const word = /[a-z]+/i.exec(written)?.[0].slice(0, 3).toLowerCase();
  const month = word === undefined ? 0 : MONTHS.findIndex((name) => name.startsWith(word));
  const day = /\b(\d{1,2})\b(?!\d)/.exec(written.replace(/\d{4}/, ''))?.[1] ?? '1';
  return isoOf(`${year}-${String(month + 1).padStart(2, '0')}-${day.padStart(2, '0')}`);
}

function isoOf(day: string): string | undefined {
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** The text with "yesterday", "3 days ago" and the like as days: "yesterday" is nothing that anybody can read in a year. */
export function withAbsoluteDates(text: string, saidAt: string): string {
  const said = new Date(saidAt);
  const shifted = (days: number) => new Date(said.getTime() + days * 86_400_000).toISOString().slice(0, 10);
  return text
    .replaceAll(/\b(yesterday|today|tomorrow)\b/gi, (word) => `on ${shifted(SHIFTS[word.toLowerCase()] ?? 0)}`)
    .replaceAll(/\b(\d{1,3}) days ago\b/gi, (_, days: string) => `on ${shifted(-Number(days))}`)
    .replaceAll(/\b(last|this|next) (month|year)\b/gi, (_, which: string, unit: string) => {
      const step = { last: -1, this: 0, next: 1 }[which.toLowerCase()] ?? 0;
      const isYear = unit.toLowerCase() === 'year';
      const day = new Date(
        Date.UTC(said.getUTCFullYear() + (isYear ? step : 0), said.getUTCMonth() + (isYear ? 0 : step), 1),
      );
      return `in ${day.toISOString().slice(0, isYear ? 4 : 7)}`;
    });
}

const SHIFTS: Record<string, number> = { yesterday: -1, today: 0, tomorrow: 1 };
