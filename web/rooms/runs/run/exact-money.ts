/** Exact sums of amounts that the API sends as decimal text. A JavaScript number would lose digits. */

const AMOUNT = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Returns one + other with all digits. A text that is not an amount counts as 0. */
export function addMoney(one: string, other: string): string {
  const decimals = Math.max(decimalsOf(one), decimalsOf(other));
  return unscaled(scaled(one, decimals) + scaled(other, decimals), decimals);
}

export function sumMoney(amounts: Iterable<string>): string {
  let sum = '0';
  for (const amount of amounts) sum = addMoney(sum, amount);
  return sum;
}

function decimalsOf(amount: string): number {
  return AMOUNT.exec(amount)?.[3]?.length ?? 0;
}

function scaled(amount: string, decimals: number): bigint {
  const [, sign = '', whole = '0', fraction = ''] = AMOUNT.exec(amount) ?? [];
  return BigInt(`${sign}${whole}${fraction.padEnd(decimals, '0')}`);
}

function unscaled(value: bigint, decimals: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
