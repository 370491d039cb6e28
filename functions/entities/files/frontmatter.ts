import { createRequire } from 'node:module';
import type { Document, Pair } from 'yaml';

/**
 * The frontmatter of an entity file: YAML between two lines `---`, or `---` and `...`, at the beginning. It is read and
 * written by the library `yaml`. Everything in it is text: `007` and `yes` are names like any other. Fields that are
 * not changed keep every byte: their order, quotes, comments and line ends belong to the user.
 */

/** The library takes 20 ms to load, so a function that reads no frontmatter does not load it. */
const load = createRequire(import.meta.url);
let loaded: typeof import('yaml') | undefined;
function yaml(): typeof import('yaml') {
  loaded ??= load('yaml') as typeof import('yaml');
  return loaded;
}

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
const KEY = /^(?:"([^"\n]+)"|'([^'\n]+)'|([^\s#:[\]{},&*!|>'"%@`?-](?:[^:#\n]|:(?=\S))*?))[ \t]*:(?=\s|$)/u;

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
  const values = readFields(splitFrontmatter(source).fields);
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
  return oneLine(readFields(splitFrontmatter(source).fields).get(key.toLowerCase()));
}

/**
 * Returns what keeps another reader from the name, the type and the aliases as texts: frontmatter that is not YAML, and
 * texts without quotes that are something else in YAML 1.1 or 1.2, such as a date.
 */
export function frontmatterFaults(source: string): string[] {
  const { fields } = splitFrontmatter(source);
  const whole = parse(fields.join(''));
  if (whole === undefined || !isYaml(fields)) return ['the frontmatter is not valid YAML'];
  const values = valuesOf(whole);
  return ['name', 'type', 'aliases'].flatMap((key) =>
    (values.get(key)?.unquoted ?? []).filter(isNoText).map((text) => `${key}: put ${text} into quotes`),
  );
}

/** Tells whether lines of frontmatter are YAML, and each alias has its anchor before it. */
export function isYaml(fields: readonly string[]): boolean {
  const document = parse(fields.join(''));
  if (document === undefined) return false;
  const anchors = new Set<string>();
  let isSound = true;
  yaml().visit(document, {
    Value: (_key, { anchor }) => void (anchor && anchors.add(anchor)),
    Alias: (_key, { source }) => {
      isSound &&= anchors.has(source);
    },
  });
  return isSound;
}

function isNoText(text: string): boolean {
  return (['1.1', '1.2'] as const).some((version) => {
    const document = yaml().parseDocument(text, { version, logLevel: 'silent' });
    return document.errors.length === 0 && typeof document.toJS({ maxAliasCount: 0 }) !== 'string';
  });
}

interface Value {
  texts: string[];
  /** Those of the texts that are written without quotes. */
  unquoted: string[];
  isList: boolean;
}

function oneLine(value: Value | undefined): string | undefined {
  const text = value === undefined || value.isList ? '' : plain(value.texts[0] ?? '');
  return text === '' ? undefined : text;
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/**
 * Reads the fields that are a text or a list of texts, by key in lower case. Of a repeated key the last one counts, as
 * in most readers. When the whole is not YAML, each field is read alone, and a field that is not YAML is its line.
 */
function readFields(fields: readonly string[]): Map<string, Value> {
  const whole = parse(fields.join(''));
  if (whole !== undefined) return valuesOf(whole);
  const values = new Map<string, Value>();
  for (const { key, lines } of entriesOfFields(fields)) {
    const alone = parse(lines.join('')) ?? parse(lines[0] ?? '');
    const raw = (lines[0] ?? '').replace(KEY, '').replace(/^:/, '').trim();
    const read = alone && valuesOf(alone).get(key);
    const value = read ?? { texts: [withoutQuotes(raw)], unquoted: [raw], isList: false };
    if (key !== '' && (alone === undefined || read !== undefined)) values.set(key, value);
  }
  return values;
}

/** Removes quotes that belong together. For a field that is not YAML. */
function withoutQuotes(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, '$2');
}

/** Parses YAML in which every scalar is text; undefined when it has errors. */
function parse(text: string): Document.Parsed | undefined {
  try {
    const document = yaml().parseDocument(text, { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
    return document.errors.length > 0 ? undefined : document;
  } catch {
    // Nested so deeply that the parser runs out of stack.
    return undefined;
  }
}

/** Follows an alias (`*x`) to a text or a list, once: nothing is expanded, so nothing can grow. */
function valuesOf(document: Document.Parsed): Map<string, Value> {
  const { isAlias, isMap, isScalar, isSeq, visit } = yaml();
  const values = new Map<string, Value>();
  const anchors = new Map<string, unknown>();
  visit(document, { Value: (_key, node) => void (node.anchor && anchors.set(node.anchor, node)) });
  const resolved = (node: unknown) => (isAlias(node) ? anchors.get(node.source) : node);
  const textOf = (node: unknown) => {
    const found = resolved(node);
    if (!isScalar(found) || typeof found.value !== 'string') return undefined;
    const isPlain = found.type === 'PLAIN' || found.type === undefined;
    return { text: isPlain && /^(?:~|null|Null|NULL)$/.test(found.value) ? '' : found.value, isPlain };
  };
  const pairs: Pair[] = isMap(document.contents) ? document.contents.items : [];
  for (const { key, value } of pairs) {
    const name = textOf(key)?.text.toLowerCase();
    if (name === undefined) continue;
    const node = resolved(value);
    const isList = isSeq(node);
    const read = (isList ? node.items : [node ?? undefined]).flatMap((item) => textOf(item) ?? []);
    const unquoted = read.filter(({ text, isPlain }) => isPlain && text !== '').map(({ text }) => text);
    values.set(name, { texts: read.map(({ text }) => text), unquoted, isList });
  }
  return values;
}

/** Characters that are not printed, or that a YAML reader refuses. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cn}\p{Co}]/gu;

/**
 * Returns a text as a YAML scalar in one line that every reader takes for the same text, YAML 1.1 readers such as
 * PyYAML included: plain when nothing in it has a meaning in YAML, else in double quotes.
 */
export function scalarOf(text: string): string {
  const isWord = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}'._ /()-]*$/u.test(text) && !text.endsWith(' ');
  if (isWord && yaml().stringify(text, { compat: 'yaml-1.1', lineWidth: 0 }) === `${text}\n`) return text;
  if (/["\\]/.test(text) && text.search(UNSEEN) < 0) return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text.toWellFormed()).replaceAll(
    UNSEEN,
    (sign) => `\\U${sign.codePointAt(0)?.toString(16).padStart(8, '0')}`,
  );
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
  const document = parse(entry.lines.join('').replaceAll('\r\n', '\n'));
  const list = document?.get('aliases', true);
  const isPlainText = more.every((alias) => alias.search(UNSEEN) < 0);
  if (document === undefined || !yaml().isSeq(list) || !isPlainText)
    return [aliasesLine([...known, ...more]) + lineEnd];
  for (const alias of more) {
    const scalar = new (yaml().Scalar)(alias);
    const [sign] = scalarOf(alias);
    scalar.type = sign === "'" ? 'QUOTE_SINGLE' : sign === '"' ? 'QUOTE_DOUBLE' : 'PLAIN';
    list.add(scalar);
  }
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: false });
  return text.replaceAll('\n', lineEnd).split(/(?<=\n)/);
}
