/** An exact number: a fraction in lowest terms, whose denominator is positive. */
export interface Rational {
  numerator: bigint;
  denominator: bigint;
}

/** What cannot be computed, in words that a model reads. */
export class ArithmeticFault extends Error {}

/** Longer numbers are nobody's question; they would only take time. */
const MOST_BITS = 20_000;

/** @throws ArithmeticFault when it is longer than what is computed */
export function rational(numerator: bigint, denominator = 1n): Rational {
  if (denominator === 0n) throw new ArithmeticFault('division by zero');
  const divisor = greatestDivisor(numerator, denominator) * (denominator < 0n ? -1n : 1n);
  const [above, below] = [numerator / divisor, denominator / divisor];
  if (bitsOf(above) + bitsOf(below) > MOST_BITS) throw new ArithmeticFault('the number gets too long');
  return { numerator: above, denominator: below };
}

export const add = (a: Rational, b: Rational): Rational =>
  rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
export const negate = (a: Rational): Rational => ({ ...a, numerator: -a.numerator });
export const multiply = (a: Rational, b: Rational): Rational =>
  rational(a.numerator * b.numerator, a.denominator * b.denominator);
export const divide = (a: Rational, b: Rational): Rational =>
  rational(a.numerator * b.denominator, a.denominator * b.numerator);

/** The greatest whole number that is not greater. */
export function floor({ numerator, denominator }: Rational): bigint {
  const quotient = numerator / denominator;
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient;
}

/** What is left of a division, with the sign of the divisor: `-7 % 3` is 2. */
export function remainder(a: Rational, b: Rational): Rational {
  return add(a, negate(multiply(b, rational(floor(divide(a, b))))));
}

export function isLess(a: Rational, b: Rational): boolean {
  return a.numerator * b.denominator < b.numerator * a.denominator;
}

/** Whole exponents only: others have no exact result. */
export function power(base: Rational, exponent: Rational): Rational {
  if (exponent.denominator !== 1n) throw new ArithmeticFault('an exponent must be a whole number');
  const size = exponent.numerator < 0n ? -exponent.numerator : exponent.numerator;
  const bits = bitsOf(base.numerator) + bitsOf(base.denominator);
  const isTrivial = base.denominator === 1n && base.numerator >= -1n && base.numerator <= 1n;
  if (!isTrivial && size * BigInt(bits) > 2n * BigInt(MOST_BITS)) throw new ArithmeticFault('the number gets too long');
  const times = isTrivial ? size % 2n : size;
  const odd = isTrivial && size > 0n && times === 0n ? 2n : times;
  const result = rational(base.numerator ** odd, base.denominator ** odd);
  return exponent.numerator < 0n ? divide(rational(1n), result) : result;
}

/** To so many decimals, halves away from zero, as money is rounded. */
export function round(a: Rational, decimals: number): Rational {
  const scale = 10n ** BigInt(decimals);
  const isNegative = a.numerator < 0n;
  const size = isNegative ? -a.numerator : a.numerator;
  const rounded = (2n * size * scale + a.denominator) / (2n * a.denominator);
  return rational(isNegative ? -rounded : rounded, scale);
}

function bitsOf(value: bigint): number {
  return (value < 0n ? -value : value).toString(16).length * 4;
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [one, other] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (other !== 0n) [one, other] = [other, one % other];
  return one;
}
