import { entriesOfFields, splitFrontmatter, unquoted } from './frontmatter.ts';

/**
 * An entity file is markdown: frontmatter, a text, and blocks. A block begins at a line `/START` or, without one, at a
 * heading `### …`, and ends at a line `/END` or where the next block begins. `[Strength: High|Medium|Low]` in the
 * heading is its weight; `[ALWAYS_LOAD]` anywhere in it puts the block into every context.
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

interface Frontmatter {
  name: string | undefined;
  type: string | undefined;
  aliases: string[];
}

/** A marker begins its line. Words may follow (`/END 2026-05-07`), but a path such as `/start/here` is not a marker. */
const START = /^\/START(?:\s|$)/i;
const END = /^\/END(?:\s|$)/i;
const HEADING = /^###\s+(?=\S)/;

export function parseEntity(source: string): EntityFile {
  const { fields, body } = splitFrontmatter(source);
  const lines = body.split(/(?<=\n)/);
  const starts = blockStarts(lines);
  const head = source.slice(0, source.length - body.length);
  const preamble = head + lines.slice(0, starts[0] ?? lines.length).join('');
  const seen = new Map<string, number>();
  const blocks = starts.map((start, index) => blockOf(lines.slice(start, starts[index + 1]), seen));
  return { frontmatter: parseFrontmatter(fields), preamble, blocks };
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
  const faults: string[] = [];
  let openedAt: number | undefined;
  let isInBlock = false;
  for (const [index, line] of source.split('\n').entries()) {
    if (START.test(line)) {
      if (openedAt !== undefined) faults.push(`line ${index + 1}: /START inside the block of line ${openedAt}`);
      openedAt = index + 1;
      isInBlock = true;
    } else if (END.test(line)) {
      if (!isInBlock) faults.push(`line ${index + 1}: /END without a block`);
      openedAt = undefined;
      isInBlock = false;
    } else if (HEADING.test(line)) isInBlock = true;
  }
  if (openedAt !== undefined) faults.push(`the block of line ${openedAt} has no /END`);
  return faults;
}

/** Returns the lines at which blocks begin. The first heading after a /START belongs to that block. */
function blockStarts(lines: readonly string[]): number[] {
  const starts: number[] = [];
  let isOpen = false;
  for (const [index, line] of lines.entries()) {
    if (START.test(line)) {
      starts.push(index);
      isOpen = true;
    } else if (END.test(line)) isOpen = false;
    else if (HEADING.test(line) && !isOpen) starts.push(index);
  }
  return starts;
}

function blockOf(lines: readonly string[], seen: Map<string, number>): Block {
  const raw = lines.join('');
  const at = lines.findIndex((line) => HEADING.test(line));
  const heading = at < 0 ? '' : (lines[at] ?? '').replace(HEADING, '').trim();
  const said = lines.filter((line, index) => index !== at && !START.test(line) && !END.test(line));
  const name = slugOf(heading.replaceAll(/\[[^[\]]*\]/g, '')) || 'unnamed_block';
  const count = (seen.get(name) ?? 0) + 1;
  seen.set(name, count);
  return {
    id: count === 1 ? name : `${name}-${count}`,
    heading,
    strength: strengthIn(heading),
    alwaysLoad: raw.includes('[ALWAYS_LOAD]'),
    text: said.join('').trim(),
    raw,
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

/** Reads name, type and aliases (`[a, b]`); other fields belong to the user. */
function parseFrontmatter(fields: readonly string[]): Frontmatter {
  const values = new Map(entriesOfFields(fields).map(({ key, value }) => [key, value]));
  const list = /^\[(.*)\]$/.exec(values.get('aliases') ?? '')?.[1] ?? '';
  return {
    name: unquoted(values.get('name')),
    type: unquoted(values.get('type')),
    aliases: list.split(',').flatMap((alias) => unquoted(alias.trim()) ?? []),
  };
}
