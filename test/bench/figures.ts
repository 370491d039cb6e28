/** The middle of the sorted values, and with an even count the upper of the two. NaN without values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this share of all values lies. NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/**
 * The medians of peers that were measured in turns. The machine is not ours alone, so a peer's ratio to another is the median of the ratios within a
 * round, where both had the same neighbours.
 */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
