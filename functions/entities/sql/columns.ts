/** Returns the columns of rows as arrays, for `unnest`. An undefined value becomes null. */
export function columnsOf<Row extends object>(rows: readonly Row[], ...keys: (keyof Row)[]): unknown[][] {
  return keys.map((key) => rows.map((row) => row[key] ?? null));
}
