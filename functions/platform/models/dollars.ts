/**
 * Money is exact: US dollars as decimal text with up to ten decimals, as NUMERIC(20,10) stores them, and as whole units of 10⁻¹⁰ dollars where it is
 * counted.
 */
const DECIMALS = 10;

export function unitsOf(dollars: string): bigint {
  const [whole = '0', fraction = ''] = dollars.split('.');
  return BigInt(whole + fraction.padEnd(DECIMALS, '0'));
}

export function toDollars(units: bigint): string {
  const digits = units.toString().padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  return digits.slice(0, -DECIMALS) + (fraction === '' ? '' : `.${fraction}`);
}
