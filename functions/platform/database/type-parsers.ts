import type { types } from 'pg';

const INT8 = 20;
const TIMESTAMPTZ = 1184;

/** pg's parsers, set when a database is opened. Importing pg here would load it at the start of every function. */
let parsers: typeof types | undefined;

/** Returns the parser of a column type. */
export function parserOf(typeId: number): (text: string) => unknown {
  return parsers?.getTypeParser(typeId) ?? ((text) => text);
}

/**
 * Sets how columns are converted. `bigint` becomes a number: counters and sizes stay far below 2^53. `timestamptz`
 * becomes an RFC 3339 string in UTC with the database's microseconds, so rows can be sent as they are. NUMERIC stays a
 * string, so money is exact.
 */
export function setTypeParsers(registry: typeof types): void {
  parsers = registry;
  registry.setTypeParser(INT8, (text: string) => Number(text));
  registry.setTypeParser(
    TIMESTAMPTZ,
    (text: string) => `${text.slice(0, 10)}T${text.slice(11).replace(/\+00(:00)?$/, '')}Z`,
  );
}
