import { diffBlocks } from './diff-blocks.ts';
import { indexEntry } from './entity-index.ts';

/** A file before and after a commit; undefined where there is none. */
export interface FileChange {
  path: string;
  before: string | undefined;
  after: string | undefined;
}

/** The folder of the months' files. */
export const TIMELINE = 'timeline/';

/** The month's file of a day, `YYYY-MM-DD`. */
export function timelinePath(day: string): string {
  return `${TIMELINE}${day.slice(0, 7)}.md`;
}

/** What changed the files: a session, or the upkeep of what sessions left. */
export interface Cause {
  id: string;
  /** `YYYY-MM-DD` */
  day: string;
  kind?: 'Session' | 'Consolidation' | 'Undo';
  /** What the diff does not tell, such as that two files became one; a line each. */
  notes?: readonly string[];
}

/** What a session changed, for the month's file, from the diff alone, new files included. */
export function timelineEntry(
  { id, day, kind = 'Session', notes = [] }: Cause,
  changes: readonly FileChange[],
): string {
  const lines = [...notes, ...changes.map(describe)].map((line) => `- ${line}`);
  const body = lines.length === 0 ? ['- nothing that an entity keeps'] : lines;
  return [`#### ${day} (${kind}: ${id})`, '', ...body, '', `/END ${day}`, ''].join('\n');
}

const MOST_BLOCKS_NAMED = 8;

function describe({ path, before, after }: FileChange): string {
  if (after === undefined) return `removed ${path}`;
  const { name } = indexEntry(path, after);
  const blocks = diffBlocks(before, after).filter(({ block }) => block !== '');
  const named = blocks.slice(0, MOST_BLOCKS_NAMED).map(({ block, kind }) => `${kind} ${block}`);
  const more = blocks.length > named.length ? [`${blocks.length - named.length} more`] : [];
  return `${before === undefined ? 'created' : 'changed'} ${name} (${path}): ${[...named, ...more].join(', ') || 'its head'}`;
}

/** The newest entry last, as the file grows. */
export function addToTimeline(file: string | undefined, entry: string, month: string): string {
  return file === undefined ? `# ${month}\n\n${entry}` : `${file.trimEnd()}\n\n${entry}`;
}

/** The parts of a month's file by key, as they stand: joined they are the file. Under the empty key stands what is before the first entry. */
export function timelineParts(file: string): Map<string, string> {
  const [head = '', ...entries] = file.split(/^(?=#### )/m);
  // A file that begins with an entry has nothing before it.
  const all = head.startsWith('#### ') ? [head, ...entries] : entries;
  const parts = new Map([['', all.length > entries.length ? '' : head]]);
  for (const entry of all) {
    const heading = entry.split('\n', 1)[0] ?? '';
    let key = heading;
    for (let count = 2; parts.has(key); count += 1) key = `${heading} ${count}`;
    parts.set(key, entry);
  }
  return parts;
}

/** The entries of a month's file, newest first. */
export function entriesOf(file: string): string[] {
  return file
    .split(/^(?=#### )/m)
    .slice(1)
    .map((entry) => entry.trim())
    .reverse();
}
