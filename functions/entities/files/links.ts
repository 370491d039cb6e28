import { blockLines } from './block-lines.ts';
import { appendBlock, blockText } from './edit.ts';
import { parseEntity, partsOf } from './entity-file.ts';
import { lineEndOf, splitFrontmatter } from './frontmatter.ts';
import { isEntityPath } from './ontology.ts';

/**
 * Links between entities: `[[path]]` anywhere in a text, with the path from the root of the repository. Consolidation
 * writes its links into a block of their own, `Related`, one in each line. Markdown renders such a link as plain text.
 * It contains a path and no name, so no text of an entity can inject markup.
 */
const LINK = /\[\[([^[\]|#\n]+\.md)(?:[|#][^[\]\n]*)?\]\]/g;

/** The id of the block that consolidation writes links into. */
export const RELATED = 'related';

/** Returns the entity paths that a text links to, each once, in order. Other paths are ignored. */
export function linksIn(text: string): string[] {
  return [...new Set([...text.matchAll(LINK)].map(([, path = '']) => path))].filter(isEntityPath);
}

/** Returns the paths in the Related block of a file. */
export function relatedOf(source: string): string[] {
  return linksIn(partsOf(source).get(RELATED) ?? '');
}

/**
 * Adds links to the Related block of a file, which is created when it is missing. Existing links are not repeated, and
 * nothing else changes.
 */
export function addLinks(source: string, targets: readonly string[]): string {
  const known = new Set(relatedOf(source));
  const lines = [...new Set(targets)].filter((target) => !known.has(target)).map((target) => `- [[${target}]]`);
  if (lines.length === 0) return source;
  const raw = partsOf(source).get(RELATED);
  if (raw === undefined) return appendBlock(source, blockText({ ...PLAIN, text: lines.join('\n') }));
  const own = blockLines(raw);
  const end = own.findIndex(({ kind }) => kind === 'end');
  const before = own.slice(0, end < 0 ? own.length : end).map(({ line }) => line);
  const after = end < 0 ? [] : own.slice(end).map(({ line }) => line);
  const added = [before.join('').trimEnd(), ...lines, ''].join(lineEndOf(source));
  return withPart(source, RELATED, added + after.join(''));
}

const PLAIN = { heading: 'Related', strength: 'low', always_load: false } as const;

/**
 * Tells whether the Related block contains only links, so that it may be merged as a set. True when there is no block.
 */
export function hasPlainRelated(source: string): boolean {
  const block = parseEntity(source).blocks.find(({ id }) => id === RELATED);
  return (
    block?.text.split('\n').every((line) => line.trim() === '' || /^- \[\[[^[\]|#\n]+\.md\]\]$/.test(line.trim())) ??
    true
  );
}

/** Removes the Related block of a file. */
export function withoutRelated(source: string): string {
  return withPart(source, RELATED, '');
}

/**
 * Changes every link to the path `from` into a link to `to`, also in the frontmatter field `parted_from`. The Related
 * block then has each target once, and not the file itself.
 * @param self the path of the file
 */
export function rewriteLinks(source: string, { self, from, to }: { self: string; from: string; to: string }): string {
  const { head, body } = splitFrontmatter(source);
  const text =
    head.replace(/^(parted_from:[ \t]*)(\S.*?)(?<![ \t])(?=[ \t]*\r?$)/m, (line, key, path) =>
      path === from ? `${key}${to}` : line,
    ) + body.replaceAll(LINK, (link, path) => (path === from ? link.replace(from, to) : link));
  const raw = partsOf(text).get(RELATED);
  return raw === undefined || (text === source && self !== to)
    ? text
    : withPart(text, RELATED, withoutRepeated(raw, self));
}

/**
 * Removes repeated links and links to the file itself from a Related block. Returns the empty text when no link is
 * left.
 */
function withoutRepeated(raw: string, self: string): string {
  const seen = new Set<string>([self]);
  const lines = raw.split('\n').filter((line) => {
    const [, path] = /^- \[\[([^[\]|#\n]+\.md)\]\]\s*$/.exec(line) ?? [];
    const isTwice = path !== undefined && seen.has(path);
    if (path !== undefined) seen.add(path);
    return !isTwice;
  });
  const isEmpty = lines.every((line) => line.trim() === '' || /^(\/START|\/END|###\s)/i.test(line));
  return isEmpty ? '' : lines.join('\n');
}

function withPart(source: string, key: string, text: string): string {
  return [...partsOf(source)].map(([id, raw]) => (id === key ? text : raw)).join('');
}
