import { readFile } from 'node:fs/promises';

/** Prompt files by URL: each is read once per process. */
const files = new Map<string, Promise<string>>();

/**
 * Returns the text of a prompt file, with each `{name}` replaced by its value: `readPrompt(new URL('./extract.md',
 * import.meta.url), { today })`. Values are inserted as they are, and placeholders inside a value are not replaced.
 * Braces without a given value stay, so a prompt can show JSON.
 * @throws Error when the file has no placeholder for a given value
 */
export async function readPrompt(file: URL, values: Readonly<Record<string, string>> = {}): Promise<string> {
  const text = await readOnce(file);
  for (const name of Object.keys(values)) {
    if (!text.includes(`{${name}}`)) throw new Error(`The prompt ${file.pathname} has no placeholder {${name}}`);
  }
  return text.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '') : placeholder,
  );
}

function readOnce({ href }: URL): Promise<string> {
  const known = files.get(href);
  if (known !== undefined) return known;
  const reading = readFile(new URL(href), 'utf8');
  files.set(href, reading);
  // A failed read is not cached: the next call tries again.
  reading.catch(() => files.delete(href));
  return reading;
}
