/** The two ends of a diff, as numbers of the changes of an entity. Pure. */

interface Change {
  id: string;
  committed_at: string;
}

/** 0 is before the first change; n is right after the nth, oldest first. */
export interface Ends {
  from: number;
  to: number;
}

/**
 * Returns the ends: those of the address when they are changes of the entity, else the newest change at the moment that
 * is shown. `changes` are oldest first.
 */
export function endsOf(
  changes: readonly Change[],
  wanted: { from: string | undefined; to: string | undefined },
  asOf: string | undefined,
): Ends {
  const numberOf = (id: string | undefined) => changes.findIndex((change) => change.id === id) + 1;
  const shown = asOf === undefined ? changes.length : shownAt(changes, asOf);
  const to = numberOf(wanted.to) || Math.max(1, shown);
  const from = wanted.from === BEFORE ? 0 : numberOf(wanted.from) || to - 1;
  return from < to ? { from, to } : { from: to - 1, to };
}

/** The end before the first change, in the address. */
export const BEFORE = 'start';

/** Returns what the diff is asked with. */
export function diffQuery(changes: readonly Change[], { from, to }: Ends): { from: string; to: string } | undefined {
  const last = changes[to - 1];
  if (last === undefined) return undefined;
  return { from: changes[from - 1]?.id ?? BEFORE_ALL, to: last.id };
}

/** A moment before every commit, so that all blocks count as added. */
const BEFORE_ALL = '1970-01-01T00:00:00Z';

function shownAt(changes: readonly Change[], asOf: string): number {
  const exact = changes.findIndex(({ committed_at: at }) => at === asOf);
  return exact >= 0 ? exact + 1 : changes.filter(({ committed_at: at }) => Date.parse(at) <= Date.parse(asOf)).length;
}
