import { diffLines, diffWordsWithSpace } from 'diff';

/** A piece of a line, and whether it differs from the other text. */
export type DiffPiece = readonly [text: string, isChanged: boolean];

export interface DiffRow {
  kind: 'same' | 'removed' | 'added';
  /** Line numbers from 1. A removed line has no new one, an added line no old one. */
  oldLine: number | undefined;
  newLine: number | undefined;
  pieces: DiffPiece[];
}

export interface Diff {
  rows: DiffRow[];
  added: number;
  removed: number;
  /** Whether the texts were too different to compare in time: then every line is removed or added. */
  isWhole: boolean;
}

export interface DiffInput {
  before: string;
  after: string;
  /** Milliseconds for the lines. */
  timeout: number;
}

/** A run of unchanged lines that is not shown. */
export interface DiffFold {
  kind: 'fold';
  /** The index of its first row. */
  at: number;
  count: number;
}

/** Longer lines, and more pairs of lines, are not compared by words. */
const MAX_WORDS_LENGTH = 1_000;
const MAX_WORDS_PAIRS = 1_000;
const CONTEXT = 3;
const MIN_FOLD = 4;

/** Compares two texts by lines, and by words inside lines that changed. */
export function diffOf({ before, after, timeout }: DiffInput): Diff {
  const [old, now] = [withEnd(before), withEnd(after)];
  const changes = diffLines(old, now, { timeout });
  const isWhole = changes === undefined;
  const runs = changes ?? [
    { value: old, removed: true, added: false },
    { value: now, removed: false, added: true },
  ];
  const rows: DiffRow[] = [];
  let [oldLine, newLine] = [0, 0];
  for (const { value, added, removed } of runs) {
    for (const line of linesOf(value)) {
      if (!added) oldLine += 1;
      if (!removed) newLine += 1;
      rows.push({
        kind: added ? 'added' : removed ? 'removed' : 'same',
        oldLine: added ? undefined : oldLine,
        newLine: removed ? undefined : newLine,
        pieces: line === '' ? [] : [[line, false]],
      });
    }
  }
  if (!isWhole) markWords(rows);
  const count = (kind: DiffRow['kind']): number => rows.filter((row) => row.kind === kind).length;
  return { rows, added: count('added'), removed: count('removed'), isWhole };
}

/** Compares two sentences as one text. */
export function wordsOf(before: string, after: string): { kind: DiffRow['kind']; text: string }[] {
  const changes =
    before.length + after.length > 20_000 ? undefined : diffWordsWithSpace(before, after, { timeout: 100 });
  if (!changes) {
    return [
      { kind: 'removed' as const, text: before },
      { kind: 'added' as const, text: after },
    ].filter(({ text }) => text !== '');
  }
  return changes.map(({ value, added, removed }) => ({
    kind: added ? 'added' : removed ? 'removed' : 'same',
    text: value,
  }));
}

/**
 * Returns the rows with long unchanged runs folded. Three lines stay beside a change.
 * @param opened the indexes of folds that are shown
 */
export function folded(rows: readonly DiffRow[], opened: ReadonlySet<number>): (DiffRow | DiffFold)[] {
  const shown: (DiffRow | DiffFold)[] = [];
  let index = 0;
  while (index < rows.length) {
    let end = index;
    while (rows[end]?.kind === 'same') end += 1;
    if (end > index) {
      const from = index === 0 ? 0 : index + CONTEXT;
      const to = end === rows.length ? end : end - CONTEXT;
      const isFolded = to - from >= MIN_FOLD && !opened.has(from);
      if (isFolded) {
        shown.push(...rows.slice(index, from), { kind: 'fold', at: from, count: to - from }, ...rows.slice(to, end));
      } else for (let at = index; at < end; at += 1) pushRow(shown, rows[at]);
      index = end;
    } else {
      pushRow(shown, rows[index]);
      index += 1;
    }
  }
  return shown;
}

/** A line of the side-by-side form: what was, and what is, at the same height. */
export interface DiffPair {
  kind: 'pair';
  left: DiffRow | undefined;
  right: DiffRow | undefined;
}

/** Puts removed lines beside the added lines that follow them. */
export function pairsOf(rows: readonly (DiffRow | DiffFold)[]): (DiffPair | DiffFold)[] {
  const pairs: (DiffPair | DiffFold)[] = [];
  for (const { removed, added, row } of runsOf(rows)) {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1) {
      pairs.push({ kind: 'pair', left: removed[at], right: added[at] });
    }
    if (row?.kind === 'fold') pairs.push(row);
    else if (row) pairs.push({ kind: 'pair', left: row, right: row });
  }
  return pairs;
}

interface Run {
  removed: DiffRow[];
  added: DiffRow[];
  /** The unchanged row or the fold that ends the run. */
  row: DiffRow | DiffFold | undefined;
}

function runsOf(rows: readonly (DiffRow | DiffFold)[]): Run[] {
  const runs: Run[] = [];
  let run: Run = { removed: [], added: [], row: undefined };
  for (const row of rows) {
    if (row.kind === 'removed' && run.added.length > 0) {
      runs.push(run);
      run = { removed: [], added: [], row: undefined };
    }
    if (row.kind === 'removed') run.removed.push(row);
    else if (row.kind === 'added') run.added.push(row);
    else {
      runs.push({ ...run, row });
      run = { removed: [], added: [], row: undefined };
    }
  }
  return [...runs, run];
}

/** Marks the words that differ in lines that were replaced by as many others. */
function markWords(rows: readonly DiffRow[]): void {
  let pairs = 0;
  for (const { removed, added } of runsOf(rows)) {
    if (removed.length !== added.length) continue;
    for (const [at, row] of removed.entries()) {
      const other = added[at];
      const [was, is] = [row.pieces[0]?.[0] ?? '', other?.pieces[0]?.[0] ?? ''];
      if (!other || pairs >= MAX_WORDS_PAIRS || was.length + is.length > 2 * MAX_WORDS_LENGTH) continue;
      pairs += 1;
      markPair(row, other, was, is);
    }
  }
}

function markPair(row: DiffRow, other: DiffRow, was: string, is: string): void {
  const changes = diffWordsWithSpace(was, is, { timeout: 20 });
  const same = changes?.reduce(
    (sum, { added, removed, value }) => sum + (added || removed ? 0 : value.trim().length),
    0,
  );
  // Lines that share less than a third of their text are two lines, not one that changed.
  if (!changes || !same || same * 3 < Math.max(was.length, is.length)) return;
  row.pieces = changes.filter(({ added }) => !added).map(({ value, removed }) => [value, removed]);
  other.pieces = changes.filter(({ removed }) => !removed).map(({ value, added }) => [value, added]);
}

function pushRow(rows: (DiffRow | DiffFold)[], row: DiffRow | undefined): void {
  if (row) rows.push(row);
}

/** Whether a text ends with a line break is not shown. */
function withEnd(text: string): string {
  const unified = text.replace(/\r\n?/g, '\n');
  return unified === '' || unified.endsWith('\n') ? unified : `${unified}\n`;
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
