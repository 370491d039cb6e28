/** The first column takes between a quarter and three quarters of the width, in percent. */
export const MIN_SHARE = 25;
export const MAX_SHARE = 75;

/** Returns a share within the bounds, with one digit. */
export function clampShare(share: number, fallback: number): number {
  const known = Number.isFinite(share) ? share : fallback;
  return Math.round(Math.min(MAX_SHARE, Math.max(MIN_SHARE, known)) * 10) / 10;
}

/** Returns the share after a key, or undefined when the key does nothing. Shift moves in large steps. */
export function shareAfterKey(share: number, key: string, isLarge: boolean): number | undefined {
  const step = isLarge ? 10 : 2;
  const shares: Record<string, number> = {
    ArrowLeft: share - step,
    ArrowRight: share + step,
    Home: MIN_SHARE,
    End: MAX_SHARE,
  };
  const next = shares[key];
  return next === undefined ? undefined : clampShare(next, share);
}
