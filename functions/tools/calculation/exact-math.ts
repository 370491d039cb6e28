import { Fraction } from 'fraction.js';

export type { Fraction };

/** Thrown when an expression cannot be computed. The message is written for a model. */
export class ArithmeticFault extends Error {}

/** The longest number: numerator and denominator together, about 6,000 digits. */
const MAX_BITS = 20_000;

/**
 * The work that one calculation may cause. fraction.js reduces each result with Euclid's algorithm, whose time grows
 * with bits of the numerator × bits of the denominator, measured as 75 ms for 1e9. So the largest numbers take 0.1 s
 * per operation, and the whole calculation 0.3 s. Without this budget a sum of 1,000 characters blocked the process for
 * 3.3 s.
 */
const MAX_WORK = 4e9;

/**
 * The arithmetic of one calculation, on the fractions of fraction.js. fraction.js has no limits of its own: `2 ** 1e9`
 * would exhaust the memory and a root would try every divisor. So each operation is checked before and after it runs.
 * Every method throws ArithmeticFault when a result is undefined, too long or too expensive.
 */
export class ExactMath {
  #work = 0;

  add(a: Fraction, b: Fraction): Fraction {
    return this.#checked(sizeOf(a) + sizeOf(b), bitsOf(a.d) + bitsOf(b.d), () => a.add(b));
  }

  subtract(a: Fraction, b: Fraction): Fraction {
    return this.#checked(sizeOf(a) + sizeOf(b), bitsOf(a.d) + bitsOf(b.d), () => a.sub(b));
  }

  multiply(a: Fraction, b: Fraction): Fraction {
    return this.#checked(bitsOf(a.n) + bitsOf(b.n), bitsOf(a.d) + bitsOf(b.d), () => a.mul(b));
  }

  divide(a: Fraction, b: Fraction): Fraction {
    if (b.n === 0n) throw new ArithmeticFault('division by zero');
    return this.#checked(bitsOf(a.n) + bitsOf(b.d), bitsOf(a.d) + bitsOf(b.n), () => a.div(b));
  }

  negate(a: Fraction): Fraction {
    return this.#checked(bitsOf(a.n), bitsOf(a.d), () => a.neg());
  }

  absolute(a: Fraction): Fraction {
    return a.s < 0n ? this.negate(a) : a;
  }

  /** Returns the remainder of a division with the sign of the divisor: `-7 % 3` is 2. fraction.js would return -1. */
  remainder(a: Fraction, b: Fraction): Fraction {
    return this.subtract(a, this.multiply(b, this.divide(a, b).floor()));
  }

  /** Raises to a whole exponent. Other exponents have no exact result. */
  power(base: Fraction, exponent: Fraction): Fraction {
    if (exponent.d !== 1n) throw new ArithmeticFault('an exponent must be a whole number');
    if (base.n === 0n && exponent.s < 0n) throw new ArithmeticFault('division by zero');
    // 0, 1 and -1 do not grow, whatever the exponent is.
    if (base.d === 1n && base.n <= 1n) return base.pow(exponent);
    if (exponent.n * BigInt(sizeOf(base)) > BigInt(2 * MAX_BITS)) throw new ArithmeticFault('the number gets too long');
    const times = Number(exponent.n);
    return this.#checked(times * bitsOf(base.n), times * bitsOf(base.d), () => base.pow(exponent));
  }

  /** Rounds half away from zero, as money is rounded. fraction.js would round -2.5 to -2. */
  round(a: Fraction, decimals: number): Fraction {
    const rounded = this.absolute(a).round(decimals);
    return a.s < 0n ? rounded.neg() : rounded;
  }

  /** Returns the number as decimal text. `isExact` is false when the digits never end; then the text is rounded. */
  toDecimal(value: Fraction): { text: string; isExact: boolean } {
    // The digits end if the denominator divides a power of ten. An exponent of its number of bits is large enough.
    const places = bitsOf(value.d);
    if (10n ** BigInt(places) % value.d === 0n) return { text: writeDigits(value, places), isExact: true };
    return { text: writeDigits(this.round(value, SHOWN_DECIMALS), SHOWN_DECIMALS), isExact: false };
  }

  #checked(numeratorBits: number, denominatorBits: number, compute: () => Fraction): Fraction {
    this.#work += numeratorBits * denominatorBits;
    if (this.#work > MAX_WORK) throw new ArithmeticFault('the calculation takes too long');
    const result = compute();
    if (sizeOf(result) > MAX_BITS) throw new ArithmeticFault('the number gets too long');
    return result;
  }
}

/** Digits after the decimal point of a number whose digits never end. */
const SHOWN_DECIMALS = 30;

/** Writes all digits in one division. `toString` of fraction.js divides once for each digit: 0.4 s for 2 ** -19000. */
function writeDigits({ s, n, d }: Fraction, places: number): string {
  const digits = ((n * 10n ** BigInt(places)) / d).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, -places);
  const decimals = digits.slice(-places).replace(/(?<!0)0+$/, '');
  return `${s < 0n ? '-' : ''}${whole}${decimals === '' ? '' : `.${decimals}`}`;
}

/** @param text digits with an optional decimal point, such as `1250.75` or `.5` */
export function fractionOf(text: string | bigint): Fraction {
  return new Fraction(text);
}

function sizeOf({ n, d }: Fraction): number {
  return bitsOf(n) + bitsOf(d);
}

/** Returns the number of bits, rounded up to whole hexadecimal digits. */
function bitsOf(value: bigint): number {
  return value.toString(16).length * 4;
}
