import { type BlockLine, blockLines, HEADING } from './block-lines.ts';
import { type Frontmatter, readFrontmatter, splitFrontmatter } from './frontmatter.ts';

/**
 * An entity file is markdown: frontmatter, a text, and blocks. A block begins at a line `/START` or, without one, at a
 * heading `### …`, and ends at a line `/END` or where the next block begins. `[Strength: High|Medium|Low]` in the
 * heading is its weight; `[ALWAYS_LOAD]` anywhere in it puts the block into every context. Nothing in a code fence has
 * such a meaning.
 *
 * Parsing keeps every byte: the preamble and the raw blocks joined are the file, so an edit of one block does not
 * change another.
 */
export interface EntityFile {
  frontmatter: Frontmatter;
  /** Everything before the first block, with the frontmatter, unchanged. */
  preamble: string;
  blocks: Block[];
}

export type Strength = 'low' | 'medium' | 'high';

export interface Block {
  /**
   * The heading in lower case, with underscores between words. Unique in the file: the second block of that name ends
   * in `-2`.
   */
  id: string;
  heading: string;
  strength: Strength;
  alwaysLoad: boolean;
  /** The text without heading and markers. */
  text: string;
  /** Everything from its first line to the next block, unchanged. */
  raw: string;
}

export function parseEntity(source: string): EntityFile {
  const { head, body } = splitFrontmatter(source);
  const lines = blockLines(body);
  const starts = blockStarts(lines);
  const preamble = head + textOf(lines.slice(0, starts[0] ?? lines.length));
  const seen = new Map<string, number>();
  const blocks = starts.map((start, index) => blockOf(lines.slice(start, starts[index + 1]), seen));
  let frontmatter: Frontmatter | undefined;
  return {
    // Most callers need the blocks only.
    get frontmatter() {
      frontmatter ??= readFrontmatter(source);
      return frontmatter;
    },
    preamble,
    blocks,
  };
}

/**
 * Returns the texts that are searched: the blocks, and before them the text before the first block as a block with an
 * empty id. A title alone is no such text, and the frontmatter is not part of it.
 */
export function sectionsOf(source: string): Omit<Block, 'raw'>[] {
  const { preamble, blocks } = parseEntity(source);
  const text = splitFrontmatter(preamble).body.replaceAll('\r\n', '\n').trim();
  const isTitle = text.split('\n').every((line) => line.trim() === '' || /^#\s/.test(line));
  return isTitle ? blocks : [{ id: '', heading: '', strength: 'low', alwaysLoad: false, text }, ...blocks];
}

function textOf(lines: readonly BlockLine[]): string {
  return lines.map(({ line }) => line).join('');
}

/**
 * Returns the parts of a file: the preamble under the empty key, and the raw blocks by id. Joined they are the file.
 */
export function partsOf(source: string): Map<string, string> {
  const { preamble, blocks } = parseEntity(source);
  return new Map([['', preamble], ...blocks.map(({ id, raw }): [string, string] => [id, raw])]);
}

/**
 * Tells whether two versions of a part are the same. The empty lines at its end, before the next part, do not count.
 */
export function isSamePart(one: string | undefined, other: string | undefined): boolean {
  return one?.trimEnd() === other?.trimEnd();
}

/** Joins parts. The last part of a file may lack the line end that the next one needs. */
export function joinParts(parts: readonly string[]): string {
  return parts.reduce((text, part) => (text === '' || text.endsWith('\n') ? text + part : `${text}\n${part}`), '');
}

/** Returns what is wrong with the markers of a file; empty when they balance. */
export function markerFaults(source: string): string[] {
  const { head, body } = splitFrontmatter(source);
  const linesBefore = head.split('\n').length - 1;
  const faults: string[] = [];
  let openedAt: number | undefined;
  let isInBlock = false;
  for (const [index, { kind }] of blockLines(body).entries()) {
    const number = linesBefore + index + 1;
    if (kind === 'start') {
      if (openedAt !== undefined) faults.push(`line ${number}: /START inside the block of line ${openedAt}`);
      openedAt = number;
      isInBlock = true;
    } else if (kind === 'end') {
      if (!isInBlock) faults.push(`line ${number}: /END without a block`);
      openedAt = undefined;
      isInBlock = false;
    } else if (kind === 'heading') isInBlock = true;
  }
  if (openedAt !== undefined) faults.push(`the block of line ${openedAt} has no /END`);
  return faults;
}

/** Returns the lines at which blocks begin. The first heading after a /START belongs to that block. */
function blockStarts(lines: readonly BlockLine[]): number[] {
  const starts: number[] = [];
  let isOpen = false;
  for (const [index, { kind }] of lines.entries()) {
    if (kind === 'start') {
      starts.push(index);
      isOpen = true;
    } else if (kind === 'end') isOpen = false;
    else if (kind === 'heading' && !isOpen) starts.push(index);
  }
  return starts;
}

function blockOf(lines: readonly BlockLine[], seen: Map<string, number>): Block {
  const at = lines.findIndex(({ kind }) => kind === 'heading');
  const heading = (lines[at]?.line ?? '').replace(HEADING, '').trim();
  const said = lines.filter(({ kind }, index) => index !== at && kind !== 'start' && kind !== 'end');
  const name = slugOf(heading.replaceAll(/\[[^[\]]*\]/g, '')) || 'unnamed_block';
  const count = (seen.get(name) ?? 0) + 1;
  seen.set(name, count);
  return {
    id: count === 1 ? name : `${name}-${count}`,
    heading,
    strength: strengthIn(heading),
    alwaysLoad: lines.some(({ line, isCode }) => !isCode && line.includes('[ALWAYS_LOAD]')),
    text: textOf(said).replaceAll('\r\n', '\n').trim(),
    raw: textOf(lines),
  };
}

/**
 * Returns the words of a text (letters and digits of any script) in lower case, joined by underscores. At most 100
 * characters, so that a `-2` still fits.
 */
export function slugOf(text: string): string {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join('_').slice(0, 100);
}

function strengthIn(heading: string): Strength {
  const found = /\[Strength:\s*(high|medium|low)\]/i.exec(heading)?.[1]?.toLowerCase();
  return found === 'high' || found === 'medium' ? found : 'low';
}
