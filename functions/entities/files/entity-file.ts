/**
 * An entity is a markdown file: frontmatter, a text, and blocks. A block begins at a line `/START` or, without one, at a heading `### …`, and ends at a line
 * `/END`, or where the next one begins. `[Strength: High|Medium|Low]` in its heading weighs it, `[ALWAYS_LOAD]` anywhere in it puts it into every context.
 *
 * A file is cut into parts that give it back byte for byte when they are joined; nothing is ever written anew that was not changed.
 */
export interface EntityFile {
  frontmatter: Frontmatter;
  /** Everything before the first block, frontmatter included, as it stands. */
  preamble: string;
  blocks: Block[];
}

export type Strength = 'low' | 'medium' | 'high';

export interface Block {
  /** Its heading in lower case without signs, unique in the file: the second of the same name ends in `-2`. */
  id: string;
  heading: string;
  strength: Strength;
  alwaysLoad: boolean;
  /** What it says, without heading and markers. */
  text: string;
  /** From its first line to where the next part begins, as it stands. */
  raw: string;
}

export interface Frontmatter {
  name: string | undefined;
  type: string | undefined;
  aliases: string[];
}

/** A marker stands at the beginning of its line; words may follow (`/END 2026-05-07`), but a path such as `/start/here` is no marker. */
const START = /^\/START(?:\s|$)/i;
const END = /^\/END(?:\s|$)/i;
const HEADING = /^###\s+(?=\S)/;

export function parseEntity(source: string): EntityFile {
  const lines = source.split(/(?<=\n)/);
  const bodyAt = frontmatterEnd(lines);
  const starts = blockStarts(lines, bodyAt);
  const preamble = lines.slice(0, starts[0] ?? lines.length).join('');
  const seen = new Map<string, number>();
  const blocks = starts.map((start, index) => blockOf(lines.slice(start, starts[index + 1]), seen));
  return { frontmatter: parseFrontmatter(lines.slice(0, bodyAt)), preamble, blocks };
}

/** The parts of a file by key; joined they are the file. The key of what is before the first block is empty. */
export function partsOf(source: string): Map<string, string> {
  const { preamble, blocks } = parseEntity(source);
  return new Map([['', preamble], ...blocks.map(({ id, raw }): [string, string] => [id, raw])]);
}

/** What is wrong with the markers of a file, in words; nothing when they balance. */
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

/** The line after the closing `---`, or 0 when the file has no frontmatter. */
function frontmatterEnd(lines: readonly string[]): number {
  if (lines[0]?.trimEnd() !== '---') return 0;
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---');
  return end < 0 ? 0 : end + 1;
}

/** Where blocks begin. The first heading after a /START is that block's own. */
function blockStarts(lines: readonly string[], from: number): number[] {
  const starts: number[] = [];
  let isOpen = false;
  for (let index = from; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
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

/** Words of letters and digits of any script, joined by underscores; 100 characters at most, so that a count still fits. */
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

/** Lines `key: value`, of which name, type and aliases (`[a, b]`) mean something to us; the rest is the writer's own. */
function parseFrontmatter(lines: readonly string[]): Frontmatter {
  const values = new Map<string, string>();
  for (const line of lines) {
    const [, key, value] = /^([A-Za-z_][\w-]*):(.*)$/s.exec(line) ?? [];
    if (key !== undefined && value !== undefined) values.set(key.toLowerCase(), value.trim());
  }
  const list = /^\[(.*)\]$/.exec(values.get('aliases') ?? '')?.[1] ?? '';
  return {
    name: unquoted(values.get('name')),
    type: unquoted(values.get('type')),
    aliases: list
      .split(',')
      .map((alias) => unquoted(alias.trim()))
      .filter((alias) => alias !== undefined),
  };
}

function unquoted(value: string | undefined): string | undefined {
  const bare = value?.replace(/^(["'])(.*)\1$/, '$2').trim();
  return bare === '' ? undefined : bare;
}
