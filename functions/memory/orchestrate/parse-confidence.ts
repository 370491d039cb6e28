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
 * Parses the confidence that a model gives, to a number between 0 and 1: a share (0.8), a percentage ("80 %", 80), a
 * ratio ("8/10") or a word ("high"). A number outside of the range is moved to the nearer end. Returns undefined for
 * anything else.
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

/** Takes an integer from 2 on as a percentage, and any other number, such as 1.2, as a share. */
function shareOf(value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  return clamped(Number.isInteger(value) && value >= 2 ? value / 100 : value);
}

function clamped(value: number): number {
  return Math.min(1, Math.max(0, value));
}
