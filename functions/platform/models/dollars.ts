/**
 * Money is exact: US dollars are decimal text with up to ten decimals, as NUMERIC(20,10) stores them. Calculations use
 * whole units of 10⁻¹⁰ dollars.
 */
const DECIMALS = 10;

/** Converts decimal text to units of 10⁻¹⁰ dollars. */
export function unitsOf(dollars: string): bigint {
  const [whole = '0', fraction = ''] = dollars.split('.');
  return BigInt(whole + fraction.padEnd(DECIMALS, '0'));
}

/** Converts units of 10⁻¹⁰ dollars to decimal text without trailing zeros. */
export function toDollars(units: bigint): string {
  const digits = units.toString().padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/(?<!0)0+$/, '');
  return digits.slice(0, -DECIMALS) + (fraction === '' ? '' : `.${fraction}`);
}
