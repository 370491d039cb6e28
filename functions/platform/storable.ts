/** Returns text that Postgres can store: NUL becomes ␀ (U+2400), and a lone surrogate becomes U+FFFD. */
export function storableText(text: string): string {
  return text.replaceAll('\u0000', '\u2400').toWellFormed();
}

/**
 * Applies {@link storableText} to every string and field name of a JSON value. jsonb rejects the whole value for one
 * such character.
 */
export function storableJson(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storableJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [storableText(name), storableJson(entry)]));
}
