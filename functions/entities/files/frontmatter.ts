import { addToList, isNoText, isYaml, parseYaml, scalarOf, type TextField, textFieldsOf } from './yaml-text.ts';

/**
 * The frontmatter of an entity file: YAML between two lines `---`, or `---` and `...`, at the beginning. It is read and
 * written by the library `yaml`. Everything in it is text: `007` and `yes` are names like any other. Fields that are
 * not changed keep every byte: their order, quotes, comments and line ends belong to the user.
 */

const BOM = '\uFEFF';
const FENCE = /^---[ \t]*\r?\n$/;
const END_FENCE = /^(?:---|\.\.\.)[ \t]*(?:\r?\n)?$/;

/**
 * Splits a file: `head` is the byte order mark and the frontmatter with its fences, `fields` are the lines between the
 * fences, `body` is the rest. Head and body joined are the file. Text between two horizontal rules is no frontmatter.
 */
export function splitFrontmatter(source: string): { head: string; fields: string[]; body: string } {
  const mark = source.startsWith(BOM) ? BOM : '';
  const lines = source.slice(mark.length).split(/(?<=\n)/);
  const end = FENCE.test(lines[0] ?? '') ? lines.findIndex((line, at) => at > 0 && END_FENCE.test(line)) : -1;
  const fields = lines.slice(1, Math.max(end, 1));
  if (end < 0 || !isMapping(fields)) return { head: mark, fields: [], body: source.slice(mark.length) };
  return { head: mark + lines.slice(0, end + 1).join(''), fields, body: lines.slice(end + 1).join('') };
}

/** Returns the line end of a text: that of its first line. */
export function lineEndOf(text: string): '\r\n' | '\n' {
  return /\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n';
}

/** Replaces the lines between the fences, and adds the fences when the file has none. The rest keeps every byte. */
export function withFields(source: string, fields: readonly string[]): string {
  const { head, fields: old, body } = splitFrontmatter(source);
  const end = lineEndOf(source);
  const inner = fields.map((line) => (line.endsWith('\n') ? line : line + end)).join('');
  if (old.length === 0 && !head.includes('---'))
    return inner === '' ? source : `${head}---${end}${inner}---${end}${body}`;
  const lines = head.split(/(?<=\n)/);
  return `${lines[0] ?? ''}${inner}${lines.at(-1) ?? ''}${body}`;
}

/** A field with its lines: the line of the key, and the lines up to the next key. */
export interface FieldEntry {
  /** In lower case, and empty for lines before the first key. */
  key: string;
  lines: string[];
}

/** A key at the beginning of a line: quoted, or plain and followed by a colon and a space or the end of the line. */
const KEY = /^(?:"([^"\n]+)"|'([^'\n]+)'|([^\s#:[\]{},&*!|>'"%@`?-](?:[^:#\n]|:(?=\S))*?))(?<![ \t])[ \t]*:(?=\s|$)/u;

/** Returns the fields with their lines, in order. The lines joined are the frontmatter. */
export function entriesOfFields(fields: readonly string[]): FieldEntry[] {
  const entries: FieldEntry[] = [];
  for (const line of fields) {
    const [found, double, single, plain] = KEY.exec(line) ?? [];
    const last = entries.at(-1);
    if (found !== undefined) entries.push({ key: (double ?? single ?? plain ?? '').toLowerCase(), lines: [line] });
    else if (last === undefined) entries.push({ key: '', lines: [line] });
    else last.lines.push(line);
  }
  return entries;
}

function isMapping(fields: readonly string[]): boolean {
  const first = fields.find((line) => !/^(?:#|$)/.test(line.trim()));
  return first === undefined || KEY.test(first) || /^(?:\?\s|\{|%|&\S+\s*$)/.test(first);
}

export interface Frontmatter {
  name: string | undefined;
  type: string | undefined;
  aliases: string[];
}

/** Returns the fields that a memory reads. Aliases are a list, or one text in which commas separate them. */
export function readFrontmatter(source: string): Frontmatter {
  const values = readFields(splitFrontmatter(source).fields, 'name', 'type', 'aliases');
  const { texts = [], unquoted = [], isList = false } = values.get('aliases') ?? {};
  const aliases = isList || unquoted.length === 0 ? texts : texts.flatMap((text) => text.split(','));
  return {
    name: oneLine(values.get('name')),
    type: oneLine(values.get('type')),
    aliases: [...new Set(aliases.map(plain).filter((alias) => alias !== ''))],
  };
}

/** Returns the text of a field in one line; undefined when it is missing, empty, null or not a text. */
export function fieldOf(source: string, key: string): string | undefined {
  const name = key.toLowerCase();
  return oneLine(readFields(splitFrontmatter(source).fields, name).get(name));
}

/**
 * Returns what keeps another reader from the name, the type and the aliases as texts: frontmatter that is not YAML, and
 * texts without quotes that are something else in YAML 1.1 or 1.2, such as a date.
 */
export function frontmatterFaults(source: string): string[] {
  const { fields } = splitFrontmatter(source);
  const whole = parseYaml(fields.join(''));
  if (whole === undefined || !isYaml(fields)) return ['the frontmatter is not valid YAML'];
  const values = textFieldsOf(whole);
  return ['name', 'type', 'aliases'].flatMap((key) =>
    [...new Set(values.get(key)?.unquoted)].filter(isNoText).map((text) => `${key}: put ${text} into quotes`),
  );
}

function oneLine(value: TextField | undefined): string | undefined {
  const text = value === undefined || value.isList ? '' : plain(value.texts[0] ?? '');
  return text === '' ? undefined : text;
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/**
 * Reads these fields. When the whole is not YAML, each field is read alone, and a field that is not YAML is its line.
 */
function readFields(fields: readonly string[], ...keys: string[]): Map<string, TextField> {
  const whole = parseYaml(fields.join(''));
  if (whole !== undefined) return textFieldsOf(whole);
  const values = new Map<string, TextField>();
  const entries = new Map(entriesOfFields(fields).map((entry) => [entry.key, entry.lines]));
  for (const key of keys) {
    const [line = '', ...more] = entries.get(key) ?? [];
    if (line === '') continue;
    const alone = parseYaml([line, ...more].join('')) ?? parseYaml(line);
    const raw = line.replace(KEY, '').replace(/^:/, '').trim();
    const field = alone
      ? textFieldsOf(alone).get(key)
      : { texts: [withoutQuotes(raw)], unquoted: [raw], isList: false };
    if (field !== undefined) values.set(key, field);
  }
  return values;
}

/** Removes quotes that belong together. For a field that is not YAML. */
function withoutQuotes(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}

/** Returns the line `aliases: […]`, without a line end. */
export function aliasesLine(aliases: readonly string[]): string {
  const known = new Set(aliases.map((alias) => alias.trim()).filter((alias) => alias !== ''));
  return `aliases: [${[...known].map(scalarOf).join(', ')}]`;
}

/**
 * Returns the lines of a field `aliases` with more aliases. A list keeps its style, its order and its comments; a field
 * that is no list becomes one.
 */
export function addAliases(entry: FieldEntry, aliases: readonly string[], lineEnd: string): string[] {
  const source = `---\n${entry.lines.join('')}---\n`;
  const known = readFrontmatter(source).aliases;
  const more = aliases.filter((alias) => !known.includes(alias));
  if (more.length === 0) return entry.lines;
  const text = addToList(entry.lines.join('').replaceAll('\r\n', '\n'), 'aliases', more);
  if (text === undefined) return [aliasesLine([...known, ...more]) + lineEnd];
  return text.replaceAll('\n', lineEnd).split(/(?<=\n)/);
}
