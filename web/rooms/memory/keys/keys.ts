/** The value of a key as text. Pure. */

/** Returns the value of a JSON text; undefined when it is not JSON. */
export function readJson(source: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(source) };
  } catch {
    return undefined;
  }
}

/** Returns a value as text to edit. */
export function writeJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
