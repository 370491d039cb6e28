import { indexAfter, type Mark } from './marks.ts';

/** Where marks stand on the bar, and what is drawn when they are closer than a finger or an eye can tell apart. */

/** A pause between days is folded: it takes at most this many places of a mark. */
const WIDEST_PAUSE = 3;
const DAY_MS = 86_400_000;

/** Returns the place of each mark, 0 to 1, and of now at the end. Marks are evenly apart; pauses between days widen. */
export function placesOf(marks: readonly Mark[]): number[] {
  let at = 0.5;
  const places = marks.map((mark, index) => {
    const before = marks[index - 1];
    if (before !== undefined) at += 1 + pauseBetween(before, mark);
    return at;
  });
  const width = at + 1.5;
  return [...places, width].map((place) => place / width);
}

function pauseBetween(before: Mark, after: Mark): number {
  const days = Math.round((Date.parse(after.day) - Date.parse(before.day)) / DAY_MS);
  return days <= 0 ? 0 : Math.min(WIDEST_PAUSE, 0.5 + Math.log2(days) * 0.35);
}

export interface Tick {
  /** The middle, 0 to 1. */
  place: number;
  /** 0 to 1: the blocks changed, as a square root, so that a sync does not flatten all others. */
  height: number;
  isStop: boolean;
  /** Whether the source of one of its commits was reverted or erased. */
  isTakenBack: boolean;
  /** The marks it stands for, from and to (included). */
  from: number;
  to: number;
}

/** Returns the ticks for a bar that has room for so many: neighbours that fall on the same place become one. */
export function ticksOf(marks: readonly Mark[], places: readonly number[], slots: number): Tick[] {
  const ticks: (Tick & { slot: number; blocks: number })[] = [];
  for (const [index, mark] of marks.entries()) {
    const place = places[index] ?? 0;
    const slot = Math.floor(place * Math.max(1, slots));
    const isTakenBack = mark.commit !== undefined && (mark.commit.is_reverted || mark.commit.is_erased);
    const last = ticks.at(-1);
    if (last?.slot === slot) {
      last.to = index;
      last.blocks += mark.blocks;
      last.isStop ||= mark.isStop;
      last.isTakenBack ||= isTakenBack;
    } else {
      ticks.push({
        slot,
        place,
        blocks: mark.blocks,
        height: 0,
        isStop: mark.isStop,
        isTakenBack,
        from: index,
        to: index,
      });
    }
  }
  const most = Math.max(1, ...ticks.map(({ blocks }) => blocks));
  return ticks.map(({ slot: _, blocks, ...tick }) => ({ ...tick, height: 0.2 + 0.8 * Math.sqrt(blocks / most) }));
}

export interface Band {
  kind: 'run' | 'session' | 'other';
  from: number;
  to: number;
}

/** Returns the bands under the ticks: neighbours that runs made, that conversations made, and that neither made. */
export function bandsOf(marks: readonly Mark[], places: readonly number[]): Band[] {
  const bands: (Band & { last: number })[] = [];
  for (const [index, mark] of marks.entries()) {
    const kind = bandOf(mark);
    const place = places[index] ?? 0;
    const band = bands.at(-1);
    if (band !== undefined && band.kind === kind && band.last === index - 1 && marks[index - 1]?.day === mark.day) {
      band.to = place;
      band.last = index;
    } else if (kind !== undefined) bands.push({ kind, from: place, to: place, last: index });
  }
  return bands.map(({ last: _, ...band }) => band);
}

function bandOf({ commit }: Mark): Band['kind'] | undefined {
  if (commit === undefined) return undefined;
  if (commit.kind !== 'session') return 'other';
  return commit.author === 'run' ? 'run' : 'session';
}

/** Returns the places of what waits for a decision: before the first change that came after it. */
export function notchesOf(marks: readonly Mark[], places: readonly number[], waiting: readonly string[]): number[] {
  const found = waiting.map((at) => places[indexAfter(marks, at)] ?? 1);
  return [...new Set(found)].sort((one, other) => one - other);
}

/** Returns the index of the mark or of now (the number of marks) that is nearest to a place, among the stops. */
export function nearestStop(marks: readonly Mark[], places: readonly number[], place: number): number {
  let best = marks.length;
  for (const [index, mark] of marks.entries()) {
    if (!mark.isStop) continue;
    if (Math.abs((places[index] ?? 0) - place) < Math.abs((places[best] ?? 1) - place)) best = index;
  }
  return best;
}

/** Returns the days to write under the bar: the first mark of each day, as far apart as `least` (0 to 1). */
export function dayLabels(
  marks: readonly Mark[],
  places: readonly number[],
  least: number,
): { day: string; at: string; place: number }[] {
  const labels: { day: string; at: string; place: number }[] = [];
  for (const [index, { day, at }] of marks.entries()) {
    if (marks[index - 1]?.day === day) continue;
    const place = places[index] ?? 0;
    if (place > 1 - least) continue;
    if (place - (labels.at(-1)?.place ?? -1) >= least) labels.push({ day, at, place });
  }
  return labels;
}
