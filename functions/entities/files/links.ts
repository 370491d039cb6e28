import { blockText } from './edit.ts';
import { parseEntity, partsOf } from './entity-file.ts';
import { joinFrontmatter, splitFrontmatter } from './frontmatter.ts';
import { isEntityPath } from './ontology.ts';

/**
 * Links between entities: `[[path]]`, the path from the repository's root, wherever it stands in a text. Those that consolidation makes stand in a block of their
 * own, `Related`, one a line. Markdown knows no such link and shows the text as it is; it holds a path and no name, so nothing of an entity's words can act in it.
 */
const LINK = /\[\[([a-z0-9_/-]+\.md)(?:[|#][^\]\n]*)?\]\]/g;

/** The id of the block that consolidation writes links into. */
export const RELATED = 'related';

/** The paths that a text links, each once, in order. What is no entity's path is no link. */
export function linksIn(text: string): string[] {
  return [...new Set([...text.matchAll(LINK)].map(([, path = '']) => path))].filter(isEntityPath);
}

/** The paths that the block of links of a file names. */
export function relatedOf(source: string): string[] {
  return linksIn(partsOf(source).get(RELATED) ?? '');
}

/** The file with these links in its block of links, which is made where it is missing. A link that the file has stays one; nothing else of the file changes. */
export function addLinks(source: string, targets: readonly string[]): string {
  const known = new Set(relatedOf(source));
  const lines = [...new Set(targets)].filter((target) => !known.has(target)).map((target) => `- [[${target}]]`);
  if (lines.length === 0) return source;
  const raw = partsOf(source).get(RELATED);
  if (raw === undefined) return `${source.trimEnd()}\n\n${blockText({ ...PLAIN, text: lines.join('\n') })}`;
  const end = /^\/END(?:\s|$)/im.exec(raw)?.index ?? raw.trimEnd().length;
  const before = raw.slice(0, end).trimEnd();
  const after = end < raw.trimEnd().length ? raw.slice(end) : '';
  return withPart(source, RELATED, `${before}\n${lines.join('\n')}\n${after}`);
}

const PLAIN = { heading: 'Related', strength: 'low', always_load: false } as const;

/** Whether the block of links holds links and nothing else, so that it may be taken as a set. */
export function hasPlainRelated(source: string): boolean {
  const block = parseEntity(source).blocks.find(({ id }) => id === RELATED);
  return (
    block?.text.split('\n').every((line) => line.trim() === '' || /^- \[\[[a-z0-9_/-]+\.md\]\]$/.test(line.trim())) ??
    true
  );
}

/** The file without its block of links. */
export function withoutRelated(source: string): string {
  return withPart(source, RELATED, '');
}

/**
 * The file with every link to a path leading to another, also where frontmatter says that it was parted from it. In the block of links each target stands once,
 * and never the file itself.
 * @param self the path of the file
 */
export function rewriteLinks(source: string, { self, from, to }: { self: string; from: string; to: string }): string {
  const { fields, body } = splitFrontmatter(source);
  const head = fields.map((line) => (line.trim() === `parted_from: ${from}` ? `parted_from: ${to}\n` : line));
  const text = joinFrontmatter(
    head,
    body.replaceAll(LINK, (link, path) => (path === from ? link.replace(from, to) : link)),
  );
  const raw = partsOf(text).get(RELATED);
  return raw === undefined || (text === source && self !== to) ? text : withPart(text, RELATED, tidied(raw, self));
}

/** Link lines once each and none to the file itself; an empty block is none. */
function tidied(raw: string, self: string): string {
  const seen = new Set<string>([self]);
  const lines = raw.split('\n').filter((line) => {
    const [, path] = /^- \[\[([a-z0-9_/-]+\.md)\]\]\s*$/.exec(line) ?? [];
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
