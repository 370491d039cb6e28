/** What an address says in its query, which anybody may have written. */

/** Returns the instant of a query value; undefined for none, or for a text that is no time with its zone. */
export function readInstant(value: unknown): string | undefined {
  const text = readWord(value);
  if (text === undefined || !/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/i.test(text)) return undefined;
  return Number.isNaN(Date.parse(text)) ? undefined : text;
}

/** Returns the text of a query value; undefined when it is missing, empty or given twice. */
export function readWord(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
