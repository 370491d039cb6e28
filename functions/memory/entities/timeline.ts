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

/** What a session changed, for the month's file, from the diff alone, new files included. */
export function timelineEntry(session: { id: string; day: string }, changes: readonly FileChange[]): string {
  const lines = changes.map((change) => `- ${describe(change)}`);
  const body = lines.length === 0 ? ['- nothing that an entity keeps'] : lines;
  return [`#### ${session.day} (Session: ${session.id})`, '', ...body, '', `/END ${session.day}`, ''].join('\n');
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

/** The entries of a month's file, newest first. */
export function entriesOf(file: string): string[] {
  return file
    .split(/^(?=#### )/m)
    .slice(1)
    .map((entry) => entry.trim())
    .reverse();
}

/** The parts of a month's file by key; joined they are the file: each entry by its heading, and what stands before the first under an empty key. */
export function partsOfTimeline(file: string): Map<string, string> {
  const pieces = file.split(/^(?=#### )/m);
  const head = pieces[0]?.startsWith('#### ') ? '' : (pieces.shift() ?? '');
  const parts = new Map([['', head]]);
  for (const entry of pieces) {
    const heading = entry.split('\n', 1)[0] ?? '';
    parts.set(heading, (parts.get(heading) ?? '') + entry);
  }
  return parts;
}
