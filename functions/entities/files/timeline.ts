import { diffBlocks } from './diff-blocks.ts';
import { indexEntry } from './entity-index.ts';

/** A file before and after a commit; undefined when it does not exist. */
export interface FileChange {
  path: string;
  before: string | undefined;
  after: string | undefined;
}

/** The folder of the timeline: one file for each month. */
export const TIMELINE = 'timeline/';

/** Returns the timeline file of a day (`YYYY-MM-DD`). */
export function timelinePath(day: string): string {
  return `${TIMELINE}${day.slice(0, 7)}.md`;
}

/** What changed the files: a session, a consolidation, or the undo of one. */
export interface Cause {
  id: string;
  /** `YYYY-MM-DD` */
  day: string;
  kind?: 'Session' | 'Consolidation' | 'Undo';
  /** Lines about what the diff does not show, such as two files that were merged. */
  notes?: readonly string[];
}

/** Returns the timeline entry of a change: the blocks that the diff shows, new files included. */
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

/** Appends an entry to a timeline file, or starts the file. */
export function addToTimeline(file: string | undefined, entry: string, month: string): string {
  return file === undefined ? `# ${month}\n\n${entry}` : `${file.trimEnd()}\n\n${entry}`;
}

/**
 * Returns the parts of a timeline file: the text before the first entry under the empty key, and the entries by
 * heading. Joined they are the file.
 */
export function timelineParts(file: string): Map<string, string> {
  const [head = '', ...entries] = file.split(/^(?=#### )/m);
  // A file that begins with an entry has no text before it.
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

/** Returns the entries of a timeline file, newest first. */
export function entriesOf(file: string): string[] {
  return file
    .split(/^(?=#### )/m)
    .slice(1)
    .map((entry) => entry.trim())
    .reverse();
}
