/**
 * The frontmatter of an entity file as lines `key: value`. `parseEntity` reads name, type and aliases; other fields are
 * read and written here.
 */

/**
 * Splits a file into the lines between the `---` fences, each with its line end, and the rest. Without frontmatter
 * there are no fields.
 */
export function splitFrontmatter(source: string): { fields: string[]; body: string } {
  const lines = source.split(/(?<=\n)/);
  const end = lines[0]?.trimEnd() === '---' ? lines.findIndex((line, at) => at > 0 && line.trimEnd() === '---') : -1;
  return end < 0 ? { fields: [], body: source } : { fields: lines.slice(1, end), body: lines.slice(end + 1).join('') };
}

export function joinFrontmatter(fields: readonly string[], body: string): string {
  return fields.length === 0 ? body : `---\n${fields.map((line) => `${line.trimEnd()}\n`).join('')}---\n${body}`;
}

/** Returns the value of a field without quotes; undefined when the field is missing or empty. */
export function fieldOf(source: string, key: string): string | undefined {
  const found = entriesOfFields(splitFrontmatter(source).fields).filter((entry) => entry.key === key);
  return unquoted(found.at(-1)?.value);
}

/** Returns a value without quotes; undefined when it is empty. */
export function unquoted(value: string | undefined): string | undefined {
  const bare = value?.replace(/^(["'])(.*)\1$/, '$2').trim();
  return bare === '' ? undefined : bare;
}

/**
 * A field with its lines: the line of the key and the lines up to the next key. The key is in lower case, and empty for
 * lines before the first key.
 */
interface FieldEntry {
  key: string;
  value: string;
  lines: string[];
}

export function entriesOfFields(fields: readonly string[]): FieldEntry[] {
  const entries: FieldEntry[] = [];
  for (const line of fields) {
    const [, key, value] = /^([A-Za-z_][\w-]*):(.*)$/s.exec(line) ?? [];
    const last = entries.at(-1);
    if (key !== undefined && value !== undefined)
      entries.push({ key: key.toLowerCase(), value: value.trim(), lines: [line] });
    else if (last === undefined) entries.push({ key: '', value: '', lines: [line] });
    else last.lines.push(line);
  }
  return entries;
}

/** Returns the line `aliases: […]`. Commas and brackets inside an alias are removed: they would break the list. */
export function aliasesLine(aliases: readonly string[]): string {
  const plain = aliases.map((alias) => alias.replaceAll(/[,[\]"\r\n]/g, ' ').trim()).filter((alias) => alias !== '');
  return `aliases: [${[...new Set(plain)].join(', ')}]`;
}
