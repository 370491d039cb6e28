/** The frontmatter of an entity file as its lines, for those who read or write a field beside name, type and aliases. */

/** The lines between the fences, each with its line end, and all that comes after; no fields where there is no frontmatter. */
export function splitFrontmatter(source: string): { fields: string[]; body: string } {
  const lines = source.split(/(?<=\n)/);
  const end = lines[0]?.trimEnd() === '---' ? lines.findIndex((line, at) => at > 0 && line.trimEnd() === '---') : -1;
  return end < 0 ? { fields: [], body: source } : { fields: lines.slice(1, end), body: lines.slice(end + 1).join('') };
}

export function joinFrontmatter(fields: readonly string[], body: string): string {
  return fields.length === 0 ? body : `---\n${fields.map((line) => `${line.trimEnd()}\n`).join('')}---\n${body}`;
}

/** The value of a field, without quotes; undefined for none. */
export function fieldOf(source: string, key: string): string | undefined {
  const found = entriesOfFields(splitFrontmatter(source).fields).filter((entry) => entry.key === key);
  const value = found
    .at(-1)
    ?.value.replace(/^(["'])(.*)\1$/, '$2')
    .trim();
  return value === '' ? undefined : value;
}

/** A field with its lines: what follows a key, up to the next one, is the key's. A key is in small letters; empty before the first. */
export interface FieldEntry {
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

/** The line `aliases: […]`. A comma or bracket in an alias would part the list that it is. */
export function aliasesLine(aliases: readonly string[]): string {
  const plain = aliases.map((alias) => alias.replaceAll(/[,[\]"\r\n]/g, ' ').trim()).filter((alias) => alias !== '');
  return `aliases: [${[...new Set(plain)].join(', ')}]`;
}
