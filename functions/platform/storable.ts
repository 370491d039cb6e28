/** Text as Postgres stores it: it takes neither NUL, shown as ␀ then, nor half of a surrogate pair, which becomes U+FFFD. */
export function storableText(text: string): string {
  return text.replaceAll('\u0000', '\u2400').toWellFormed();
}

/** The same for every text in a JSON value, names of fields too: jsonb refuses the whole value for one such character. */
export function storableJson(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storableJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [storableText(name), storableJson(entry)]));
}
