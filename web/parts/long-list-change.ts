/** How a list became another: rows were added or removed at its start, and added at its end. */
export interface ListChange {
  /** Rows added at the start; below zero, rows removed there. */
  atStart: number;
  /** Rows added at the end. */
  atEnd: number;
}

/**
 * Returns how a list changed, by the keys of its rows. A list with other rows in between, or without a common row, is a
 * new list: undefined.
 */
export function changeOf<T>(
  before: readonly T[],
  now: readonly T[],
  keyOf: (item: T) => string | number,
): ListChange | undefined {
  const [oldFirst, newFirst] = [before[0], now[0]];
  if (oldFirst === undefined || newFirst === undefined) return undefined;
  const [oldKey, newKey] = [keyOf(oldFirst), keyOf(newFirst)];
  const added = now.findIndex((item) => keyOf(item) === oldKey);
  const atStart = added >= 0 ? added : -before.findIndex((item) => keyOf(item) === newKey);
  const common = added >= 0 ? before.length : before.length + atStart;
  const last = before.at(-1);
  const end = Math.max(0, atStart) + common - 1;
  const lastNow = now[end];
  if ((added < 0 && atStart > -1) || last === undefined || lastNow === undefined || keyOf(lastNow) !== keyOf(last)) {
    return undefined;
  }
  return { atStart, atEnd: now.length - 1 - end };
}
