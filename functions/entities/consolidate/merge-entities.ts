import { appendBlock, blockText } from '../files/edit.ts';
import { type Block, parseEntity, partsOf } from '../files/entity-file.ts';
import {
  addAliases,
  aliasesLine,
  entriesOfFields,
  fieldOf,
  lineEndOf,
  splitFrontmatter,
  withFields,
} from '../files/frontmatter.ts';
import { addLinks, hasPlainRelated, RELATED, relatedOf, rewriteLinks } from '../files/links.ts';
import { isYaml, scalarOf } from '../files/yaml-text.ts';

interface EntityText {
  path: string;
  text: string;
}

/**
 * Merges two files about the same entity into the survivor: its text unchanged, the other file's names as aliases, the
 * other file's fields that the survivor lacks, and the other file's blocks at the end. No sentence is lost. A block is
 * left out only when a block with the same heading and at least its strength holds all its sentences word for word.
 * What has no place (a field with two values, text before the blocks) becomes a block.
 */
export function mergeEntities(survivor: EntityText, loser: EntityText): string {
  const [own, other] = [splitFrontmatter(survivor.text), splitFrontmatter(loser.text)];
  const lineEnd = lineEndOf(survivor.text);
  const merged = mergeFields(survivor, loser, lineEnd);
  const blocks = parseEntity(own.body).blocks;
  const added: string[] = [];
  const rest = [...merged.left, ...preambleLines(other.body, merged.names)];
  if (rest.length > 0) added.push(blockText(restBlock(loser.path, rest)));
  const hasLinks = hasPlainRelated(other.body);
  for (const block of parseEntity(other.body).blocks) {
    if (hasLinks && block.id === RELATED) continue;
    if (!blocks.some((known) => containsAll(known, block))) added.push(`${block.raw.trim()}\n`);
  }
  const text = added.reduce(appendBlock, withFields(survivor.text, merged.fields));
  const targets = hasLinks ? relatedOf(other.body).filter((path) => path !== survivor.path && path !== loser.path) : [];
  return rewriteLinks(addLinks(text, targets), { self: survivor.path, from: loser.path, to: survivor.path });
}

/** Returns the text before the first block, without a title that repeats a name. */
function preambleLines(body: string, names: ReadonlySet<string>): string[] {
  const lines = (partsOf(body).get('') ?? '').split('\n').map((line) => line.trimEnd());
  return lines.filter((line) => line !== '' && !names.has(line.replace(/^#\s+/, '')));
}

function restBlock(path: string, lines: readonly string[]) {
  return { heading: `From ${stemOf(path)}`, text: lines.join('\n'), strength: 'low' as const, always_load: false };
}

/**
 * Merges the frontmatter fields. `left` are lines that have no place in the frontmatter; `names` are the name and all
 * aliases.
 */
function mergeFields(survivor: EntityText, loser: EntityText, lineEnd: string) {
  const [own = [], other = []] = [survivor, loser].map(({ text }) => entriesOfFields(splitFrontmatter(text).fields));
  const [ownFields, otherFields] = [parseEntity(survivor.text).frontmatter, parseEntity(loser.text).frontmatter];
  const name = ownFields.name ?? stemOf(survivor.path);
  const wanted = [
    ...ownFields.aliases,
    ...(otherFields.name === undefined ? [] : [otherFields.name]),
    ...otherFields.aliases,
    stemOf(loser.path),
  ];
  const aliases = [...new Set(wanted)].filter((alias) => alias !== name && alias !== stemOf(survivor.path));
  const keys = new Map(own.map((entry) => [entry.key, entry]));
  const listed = keys.get('aliases');
  const fields = own.flatMap((entry) => (entry === listed ? addAliases(entry, aliases, lineEnd) : entry.lines));
  const left: string[] = [];
  const more: string[] = [];
  for (const { key, lines } of other) {
    const isLink = key === 'parted_from' && fieldOf(loser.text, key) === survivor.path;
    if (key === 'name' || key === 'aliases' || isLink) continue;
    const known = keys.get(key);
    const said = lines.map((line) => line.trimEnd());
    if (known === undefined && key !== '') more.push(...said.map((line) => line + lineEnd));
    else if (known?.lines.join('').trim() !== lines.join('').trim()) left.push(...said);
  }
  // What is no YAML must not spoil the fields of the survivor.
  if (isYaml([...fields, ...more]) || !isYaml(fields)) fields.push(...more);
  else left.push(...more.map((line) => line.trimEnd()));
  if (!keys.has('name')) fields.unshift(`name: ${scalarOf(name)}`);
  if (listed === undefined) fields.push(aliasesLine(aliases));
  return { fields, left, names: new Set([name, ...aliases]) };
}

const WEIGHT = { low: 0, medium: 1, high: 2 };

/**
 * Returns whether a block holds each sentence of another one, under the same heading and with at least its strength.
 */
function containsAll(known: Block, other: Block): boolean {
  const sentences = new Set(sentencesOf(known.text));
  return (
    plainHeading(known.heading) === plainHeading(other.heading) &&
    WEIGHT[known.strength] >= WEIGHT[other.strength] &&
    (known.alwaysLoad || !other.alwaysLoad) &&
    sentencesOf(other.text).every((sentence) => sentences.has(sentence))
  );
}

function plainHeading(heading: string): string {
  return heading
    .replaceAll(/\[(?:Strength:[^[\]]*|ALWAYS_LOAD)\]/gi, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Splits a text into sentences without list markers, extra white space and the final full stop. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/\n|(?<=[.!?])\s+/)
    .map((sentence) =>
      sentence
        .replaceAll(/\s+/g, ' ')
        .replace(/^\s*[-*+]\s+/, '')
        .replace(/\.$/, '')
        .trim(),
    )
    .filter((sentence) => sentence !== '');
}

export function stemOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '');
}
