const WORDS = new Map([
  ['certain', 0.95],
  ['very high', 0.95],
  ['high', 0.85],
  ['medium', 0.5],
  ['moderate', 0.5],
  ['low', 0.2],
  ['very low', 0.1],
  ['none', 0],
]);

/**
 * How sure a model says it is, 0 to 1: a share (0.8), a percent ("80 %", 80), a ratio ("8/10") or a word ("high"). What lies outside is moved to the nearer end; what is
 * none of these is undefined.
 */
export function parseConfidence(said: unknown): number | undefined {
  if (typeof said === 'number') return shareOf(said);
  if (typeof said !== 'string') return undefined;
  const text = said.trim().toLowerCase().replace(/[.!]$/, '');
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  const [, number, rest = ''] = /^([+-]?\d{1,9}(?:[.,]\d{1,9})?)\s*(%|percent|\/\s*\d{1,6})?$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const value = Number(number.replace(',', '.'));
  if (rest === '') return shareOf(value);
  const whole = rest.startsWith('/') ? Number(rest.slice(1)) : 100;
  return whole === 0 ? undefined : clamped(value / whole);
}

/** Whole numbers from 2 on are percents; 1.2 is somebody who is very sure. */
function shareOf(value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  return clamped(Number.isInteger(value) && value >= 2 ? value / 100 : value);
}

function clamped(value: number): number {
  return Math.min(1, Math.max(0, value));
}
