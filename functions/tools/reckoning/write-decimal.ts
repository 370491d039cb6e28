import { type Rational, round } from './rational.ts';

/** Digits after the point of a number that has no end. */
const SHOWN_DECIMALS = 30;

/** A number as decimal text. `isExact` is false where its digits have no end: the text is rounded then. */
export function writeDecimal(value: Rational): { text: string; isExact: boolean } {
  const decimals = decimalsOf(value.denominator);
  const isExact = decimals !== undefined;
  const { numerator, denominator } = isExact ? value : round(value, SHOWN_DECIMALS);
  const places = isExact ? decimals : SHOWN_DECIMALS;
  const scaled = (numerator * 10n ** BigInt(places)) / denominator;
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  return { text: `${scaled < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`, isExact };
}

/** How many decimals the fraction has; undefined when its denominator has another prime factor than 2 and 5. */
function decimalsOf(denominator: bigint): number | undefined {
  let rest = denominator;
  let [twos, fives] = [0, 0];
  for (; rest % 2n === 0n; rest /= 2n) twos += 1;
  for (; rest % 5n === 0n; rest /= 5n) fives += 1;
  return rest === 1n ? Math.max(twos, fives) : undefined;
}
