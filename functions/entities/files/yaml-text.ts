import { createRequire } from 'node:module';
import type { Document, Pair } from 'yaml';

/** YAML by the library `yaml`, with every scalar as text: `007` and `yes` are names like any other. */

/** The library takes 20 ms to load, so a function that reads no frontmatter does not load it. */
const load = createRequire(import.meta.url);
let loaded: typeof import('yaml') | undefined;
function yaml(): typeof import('yaml') {
  loaded ??= load('yaml') as typeof import('yaml');
  return loaded;
}

/** A field that is a text or a list of texts. Other fields have no texts. */
export interface TextField {
  texts: string[];
  /** Those of the texts that are written without quotes. */
  unquoted: string[];
  isList: boolean;
}

/** Longer and deeper YAML is not read: the time of the library grows with the square of the depth. */
const LONGEST = 8 * 1024;
const DEEPEST = 50;

/** Parses YAML in which every scalar is text; undefined when it has errors, or is too long or too deep. */
export function parseYaml(text: string): Document.Parsed | undefined {
  if (text.length > LONGEST) return undefined;
  const { parseDocument, visit } = yaml();
  try {
    const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
    let isDeep = false;
    visit(document, (_key, _node, path) => {
      isDeep = path.length > DEEPEST;
      return isDeep ? visit.BREAK : undefined;
    });
    return isDeep || document.errors.length > 0 ? undefined : document;
  } catch {
    // Nested so deeply that the parser ran out of stack.
    return undefined;
  }
}

/**
 * Returns the fields by key in lower case. Of a repeated key the last one counts, as in most readers. An alias (`*x`)
 * is followed to a text or a list, once: nothing is expanded, so nothing can grow.
 */
export function textFieldsOf(document: Document.Parsed): Map<string, TextField> {
  const { isAlias, isMap, isScalar, isSeq, visit } = yaml();
  const values = new Map<string, TextField>();
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

/** Tells whether lines of frontmatter are YAML, and each alias has its anchor before it. */
export function isYaml(fields: readonly string[]): boolean {
  const document = parseYaml(fields.join(''));
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

/** Tells whether a text without quotes is something else in YAML 1.1 or 1.2, such as a date or a number. */
export function isNoText(text: string): boolean {
  return (['1.1', '1.2'] as const).some((version) => {
    const document = yaml().parseDocument(text, { version, logLevel: 'silent' });
    return document.errors.length === 0 && typeof document.toJS({ maxAliasCount: 0 }) !== 'string';
  });
}

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

/** Adds texts to the list in the field `key`, in the style of the list; undefined when the field is no list. */
export function addToList(source: string, key: string, texts: readonly string[]): string | undefined {
  const document = parseYaml(source);
  const list = document?.get(key, true);
  if (document === undefined || !yaml().isSeq(list) || texts.some((text) => text.search(UNSEEN) >= 0)) return undefined;
  for (const text of texts) {
    const scalar = new (yaml().Scalar)(text);
    const [sign] = scalarOf(text);
    scalar.type = sign === "'" ? 'QUOTE_SINGLE' : sign === '"' ? 'QUOTE_DOUBLE' : 'PLAIN';
    list.add(scalar);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
