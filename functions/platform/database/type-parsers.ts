import type { types } from 'pg';

const INT8 = 20;
const TIMESTAMPTZ = 1184;

/** pg's parsers, from the moment that a database is opened: importing pg for them would load it at every function's start. */
let parsers: typeof types | undefined;

/** How a column of this type is read. */
export function parserOf(typeId: number): (text: string) => unknown {
  return parsers?.getTypeParser(typeId) ?? ((text) => text);
}

/**
 * How column types arrive in JavaScript: `bigint` as a number (counters and sizes; they stay far below 2^53), `timestamptz` as an RFC 3339
 * string in UTC with the database's microseconds, so that rows go on the wire as they are. NUMERIC stays a string: money is exact.
 */
export function setTypeParsers(registry: typeof types): void {
  parsers = registry;
  registry.setTypeParser(INT8, (text: string) => Number(text));
  registry.setTypeParser(
    TIMESTAMPTZ,
    (text: string) => `${text.slice(0, 10)}T${text.slice(11).replace(/\+00(:00)?$/, '')}Z`,
  );
}
