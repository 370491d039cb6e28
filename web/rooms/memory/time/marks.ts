import type { TimeStep } from '../../../parts/time-track.ts';

/**
 * The marks of the time bar: a commit each, and a day each for what is older than the commits that were read. Pure, so
 * that the order, the steps and the words are tested without a browser.
 */

/** A commit as `GET /memory/commits` answers it. */
export interface CommitItem {
  id: string;
  position: number;
  committed_at: string;
  kind: 'session' | 'revert' | 'consolidation' | 'undo' | 'sync' | 'erased' | 'other';
  author: 'person' | 'run' | 'service' | 'repository';
  source_id: string | null;
  source_title: string | null;
  session_kind: string | null;
  entity_count: number;
  blocks: { added: number; changed: number; removed: number };
  is_reverted: boolean;
  is_erased: boolean;
}

export interface DayItem {
  day: string;
  commits: number;
  blocks: number;
}

export interface Mark {
  /** The moment to read memory at: right after this change. */
  at: string;
  /** The day in the zone of the browser. */
  day: string;
  commits: number;
  blocks: number;
  /** The commit; undefined for a day of several that were not read one by one. */
  commit: CommitItem | undefined;
  /** How many of the commits count: with an entity chosen, those that changed it. */
  changes: number;
  /** Whether the thumb stops here: something counts. */
  isStop: boolean;
}

interface History {
  /** Newest first, as they were read. */
  commits: readonly CommitItem[];
  /** All days that have commits, newest first. */
  days: readonly DayItem[];
  /** What changed the chosen entity; undefined: none is chosen, so the thumb stops everywhere. */
  ofEntity?: { positions: ReadonlySet<number>; days: ReadonlyMap<string, number> } | undefined;
}

/** Returns the marks, oldest first. */
export function marksOf({ commits, days, ofEntity }: History): Mark[] {
  const read = commits.map((commit): Mark => {
    const isStop = ofEntity?.positions.has(commit.position) ?? true;
    const { committed_at: at } = commit;
    return { at, day: localDay(at), commits: 1, blocks: blocksOf(commit), commit, changes: isStop ? 1 : 0, isStop };
  });
  return [...olderDays(read, days, ofEntity?.days), ...read.reverse()];
}

/** The days, oldest first, with the commits that were not read. The oldest day that was read may be among them. */
function olderDays(read: readonly Mark[], days: readonly DayItem[], counted?: ReadonlyMap<string, number>): Mark[] {
  const oldest = read.at(-1);
  const seen = read.filter(({ day }) => day === oldest?.day);
  return days
    .filter(({ day }) => oldest === undefined || day <= oldest.day)
    .map(({ day, commits, blocks }): Mark => {
      const split = day === oldest?.day ? seen : [];
      const left = commits - split.length;
      const changes =
        counted === undefined ? left : Math.max(0, (counted.get(day) ?? 0) - sum(split, (mark) => mark.changes));
      return {
        at: oldest !== undefined && split.length > 0 ? justBefore(oldest.at) : endOfDay(day),
        day,
        commits: left,
        blocks: Math.max(0, blocks - sum(split, (mark) => mark.blocks)),
        commit: undefined,
        changes,
        isStop: changes > 0,
      };
    })
    .filter(({ commits }) => commits > 0)
    .reverse();
}

/** Returns the index of the mark that a moment shows; the number of marks for now, -1 before the first change. */
export function indexAt(marks: readonly Pick<Mark, 'at'>[], asOf: string | undefined): number {
  if (asOf === undefined) return marks.length;
  const exact = marks.findLastIndex(({ at }) => at === asOf);
  if (exact >= 0) return exact;
  const moment = Date.parse(asOf);
  return marks.findLastIndex(({ at }) => Date.parse(at) <= moment);
}

/** Returns the index that a step leads to. The number of marks is now. */
export function stepFrom(marks: readonly Mark[], index: number, step: TimeStep): number {
  const first = Math.max(
    0,
    marks.findIndex(({ isStop }) => isStop),
  );
  const isStop = (mark: Mark) => mark.isStop;
  switch (step) {
    case 'first':
      return marks.length === 0 ? 0 : first;
    case 'now':
      return marks.length;
    case 'previous':
      return Math.max(first, marks.slice(0, Math.max(0, index)).findLastIndex(isStop));
    case 'next':
      return orNow(marks, indexFrom(marks, index + 1, isStop));
    case 'day-before': {
      const today = marks[index]?.day ?? marks.at(-1)?.day ?? '';
      // From now, the day before is the newest one with a change.
      if (index >= marks.length) return Math.max(first, marks.findLastIndex(isStop));
      return Math.max(
        first,
        marks.findLastIndex((mark) => mark.isStop && mark.day < today),
      );
    }
    case 'day-after': {
      const today = marks[index]?.day ?? '';
      const next = marks.find((mark) => mark.isStop && mark.day > today)?.day;
      return index >= marks.length || next === undefined
        ? marks.length
        : marks.findLastIndex((mark) => mark.isStop && mark.day === next);
    }
  }
}

/** Returns the number of the change at an index, and of all: of the chosen entity when one is. */
export function numberOf(marks: readonly Mark[], index: number): { number: number; total: number } {
  const count = (some: readonly Mark[]) => sum(some, (mark) => mark.changes);
  return { number: count(marks.slice(0, index + 1)), total: count(marks) };
}

/** Returns the index of the first mark at or after a moment; the number of marks when there is none. */
export function indexAfter(marks: readonly Mark[], moment: string): number {
  const time = Date.parse(moment);
  return orNow(
    marks,
    marks.findIndex(({ at }) => Date.parse(at) >= time),
  );
}

export function blocksOf({ blocks: { added, changed, removed } }: Pick<CommitItem, 'blocks'>): number {
  return added + changed + removed;
}

/** Returns the day of an instant in the zone of the browser: 2026-03-12. */
export function localDay(instant: string): string {
  const date = new Date(instant);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Returns the last moment of a day in the zone of the browser. */
function endOfDay(day: string): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(new Date(year, month - 1, date + 1).getTime() - 1).toISOString();
}

function justBefore(instant: string): string {
  return new Date(Date.parse(instant) - 1).toISOString();
}

function indexFrom(marks: readonly Mark[], start: number, test: (mark: Mark) => boolean): number {
  const found = marks.slice(Math.max(0, start)).findIndex(test);
  return found < 0 ? -1 : found + Math.max(0, start);
}

function orNow(marks: readonly Mark[], index: number): number {
  return index < 0 ? marks.length : index;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
