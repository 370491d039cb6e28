/** Returns the median, which is the upper of the two middle values for an even count. NaN without values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Returns the value below which this share of all values lies. NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/**
 * Returns the median of the ratios within each round. Both sides of a round were measured directly after each other, so
 * other programs of the machine affect both.
 */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
