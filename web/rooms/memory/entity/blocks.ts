/** Reads the blocks of entity files and what changed in them. Pure. */

export interface BlockChange {
  block: string;
  kind: 'added' | 'changed' | 'removed';
  before: string | null;
  after: string | null;
}

/**
 * Splits the text of a block, with its markers, into heading and body. The part before the first block has no heading.
 */
export function readBlock(source: string): { heading: string; body: string } {
  const lines = source.split('\n').filter((line) => !/^\/(START|END)\s*$/.test(line));
  const first = lines.findIndex((line) => line.trim() !== '');
  const heading = /^#{1,6}\s+(.*)$/.exec(lines[first] ?? '');
  if (heading === null || !/^\s*\/START/m.test(source)) return { heading: '', body: lines.join('\n').trim() };
  return {
    heading: plainHeading(heading[1] ?? ''),
    body: lines
      .slice(first + 1)
      .join('\n')
      .trim(),
  };
}

/** Returns Markdown as a quote is shown: a point for each item of a list. */
export function plainItems(body: string): string {
  return body.replaceAll(/^(\s*)[-*]\s+/gm, '$1• ');
}

/** Removes the marks in brackets at the end of a heading, such as [Strength: Low]. They are shown otherwise. */
export function plainHeading(heading: string): string {
  const plain = heading.replace(/(?:\s*\[[^\]]*\])+\s*$/, '').trim();
  return plain === '' ? heading.trim() : plain;
}

export type Age = 'day' | 'week' | 'month' | 'old';

const DAY_MS = 86_400_000;

/** Returns how old a text is at a moment. */
export function ageOf(since: string, moment: number): Age {
  const days = (moment - Date.parse(since)) / DAY_MS;
  if (days < 1) return 'day';
  if (days < 7) return 'week';
  return days < 30 ? 'month' : 'old';
}

interface Version {
  block: string;
  commit_id: string;
  since: string;
  until: string | null;
}

/** Returns the versions that were in the file at a moment. */
export function versionsAt<T extends Version>(versions: readonly T[], moment: string): T[] {
  const time = Date.parse(moment);
  return versions.filter(
    ({ since, until }) =>
      (since === moment || Date.parse(since) <= time) && (until === null || Date.parse(until) > time),
  );
}

/** Returns the version of a block that a commit wrote. */
export function versionOf<T extends Version>(versions: readonly T[], block: string, commitId: string): T | undefined {
  return versions.find((version) => version.block === block && version.commit_id === commitId);
}

interface Turn {
  position: number;
  speaker: string;
  said_at: string;
  text: string;
}

/**
 * Returns the turns that say what a block says: those that contain one of its lines, or share most of its words. All
 * turns when none does, because then a model wrote the block in its own words.
 */
export function turnsBehind<T extends Turn>(body: string, turns: readonly T[]): T[] {
  const lines = body
    .split('\n')
    .map(plainLine)
    .filter((line) => line.length > 3);
  const behind = turns.filter(({ text }) => {
    const said = plainLine(text);
    return lines.some((line) => said.includes(line) || share(line, said) >= MOST_OF_THE_WORDS);
  });
  return behind.length > 0 ? behind : [...turns];
}

const MOST_OF_THE_WORDS = 0.7;

function plainLine(line: string): string {
  return line
    .toLowerCase()
    .replace(/^[\s\-*>#\d.]+/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function share(line: string, said: string): number {
  const words = new Set(line.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 2));
  const has = new Set(said.split(/[^\p{L}\p{N}]+/u));
  if (words.size === 0) return 0;
  return [...words].filter((word) => has.has(word)).length / words.size;
}
