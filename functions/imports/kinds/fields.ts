import { cutText } from '../../platform/cut-text.ts';

/** Reads fields of foreign JSON: a number can be text, a time can lack its zone, and anything can be missing. */

type Fields = Record<string, unknown>;

/** Returns text that says something; a number as text. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}

/** Returns the first line of a text as a title. */
export function titleFrom(value: unknown): string {
  return cutText((textOf(value) ?? '').trim().split('\n', 1)[0] ?? '', 200);
}

export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === 'true' || value === 'True' || value === '1';
}

/** Returns a list of texts; a list that is written as JSON text in a field, as Chroma's metadata are, is read too. */
export function textsOf(value: unknown): string[] {
  const list = typeof value === 'string' ? value.replaceAll(/^\s*\[|\]\s*$/g, '').split(',') : value;
  if (!Array.isArray(list)) return [];
  const texts = list.flatMap((entry) => textOf(entry) ?? []).map((entry) => entry.trim().replaceAll(/^"|"$/g, ''));
  return [...new Set(texts.filter((text) => text !== ''))];
}

/** The clock of a source can be wrong; before this year no such source existed. */
const FIRST_YEAR = 1990;

/**
 * Returns a time as RFC 3339. Python writes times without a zone, which is taken as UTC; numbers are seconds or
 * milliseconds since 1970. Undefined for what is no time.
 */
export function timeOf(value: unknown): string | undefined {
  const number = numberOf(value);
  const date =
    number === undefined
      ? new Date(typeof value === 'string' ? withZone(value.trim()) : Number.NaN)
      : new Date(Math.abs(number) < 1e11 ? number * 1000 : number);
  const year = date.getUTCFullYear();
  return Number.isNaN(date.getTime()) || year < FIRST_YEAR || year > 9999 ? undefined : date.toISOString();
}

function withZone(text: string): string {
  return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?$/.test(text) ? `${text.replace(' ', 'T')}Z` : text;
}

/** Returns a time that is not in the future: it would stand above everything new for ever. */
export function pastTime(value: unknown): { time: string | undefined; isFuture: boolean } {
  const time = timeOf(value);
  const isFuture = time !== undefined && Date.parse(time) > Date.now();
  return { time: isFuture ? new Date().toISOString() : time, isFuture };
}

/** Returns when a source last changed something; undefined for a time in the future, which orders nothing. */
export function changeTime(value: unknown): string | undefined {
  const { time, isFuture } = pastTime(value);
  return isFuture ? undefined : time;
}

/** Returns the fields that have no place of their own. */
export function without(fields: Fields, ...names: string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
