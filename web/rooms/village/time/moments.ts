import type { TimeStep, TimeTick } from '../../../parts/time-track.ts';
import { formatBrief, formatBriefDay } from '../../../text/format.ts';

/** The moments of the time bar: one for each statement, oldest first. Pure. */

/** Returns the index of the moment that is shown; the number of moments is now, -1 is before the first one. */
export function indexAt(moments: readonly string[], asOf: string | undefined): number {
  if (asOf === undefined) return moments.length;
  return moments.findLastIndex((at) => Date.parse(at) <= Date.parse(asOf));
}

/** Returns the place of a moment or of now, 0 to 1. They are evenly apart. */
export function placeOf(count: number, index: number): number {
  return index >= count ? 1 : (Math.max(0, index) + 0.5) / (count + 1);
}

/** Returns the index of the moment or of now that is nearest to a place. */
export function nearestTo(count: number, place: number): number {
  return Math.min(count, Math.max(0, Math.round(place * (count + 1) - 0.5)));
}

export function stepFrom(moments: readonly string[], index: number, step: TimeStep): number {
  const count = moments.length;
  const day = dayOf(moments[Math.min(Math.max(index, 0), count - 1)] ?? '');
  switch (step) {
    case 'first':
      return 0;
    case 'now':
      return count;
    case 'previous':
      return Math.max(0, index - 1);
    case 'next':
      return Math.min(count, index + 1);
    case 'day-before':
      return Math.max(0, index >= count ? count - 1 : moments.findLastIndex((at) => dayOf(at) < day));
    case 'day-after': {
      const next = moments.findIndex((at) => dayOf(at) > day);
      return next < 0 || index >= count ? count : next;
    }
  }
}

/** Returns the ticks for a bar that has room for so many; moments on one place become a higher tick. */
export function ticksOf(moments: readonly string[], slots: number): TimeTick[] {
  const found = new Map<number, { place: number; count: number }>();
  for (const index of moments.keys()) {
    const place = placeOf(moments.length, index);
    const slot = Math.floor(place * Math.max(1, slots));
    const tick = found.get(slot);
    found.set(slot, { place: tick?.place ?? place, count: (tick?.count ?? 0) + 1 });
  }
  const most = Math.max(1, ...[...found.values()].map(({ count }) => count));
  return [...found.values()].map(({ place, count }) => ({ place, height: 0.3 + 0.5 * (count / most) }));
}

/** Returns the words of the bar: the days. Of today alone the clock time. */
export function labelsOf(moments: readonly string[], least: number, now: number): { place: number; text: string }[] {
  return daysOf(moments, least).map(({ place, at }, index) => ({
    place,
    text: index === 0 ? formatBrief(at, now) : formatBriefDay(at, now),
  }));
}

/** Returns the first moment of each day and its place, as far apart as `least` (0 to 1). */
export function daysOf(moments: readonly string[], least: number): { place: number; at: string }[] {
  const days: { place: number; at: string }[] = [];
  for (const [index, at] of moments.entries()) {
    if (index > 0 && dayOf(moments[index - 1] ?? '') === dayOf(at)) continue;
    const place = placeOf(moments.length, index);
    if (place <= 1 - least && place - (days.at(-1)?.place ?? -1) >= least) days.push({ place, at });
  }
  return days;
}

/** The day in the zone of the browser, as a number that can be compared. */
function dayOf(instant: string): number {
  const date = new Date(instant);
  return date.getFullYear() * 10_000 + date.getMonth() * 100 + date.getDate();
}
