/** Nested arrays and objects. Deeper values would overflow the stack of JSON.stringify, of schemas and of Postgres. */
const DEEPEST = 100;
/** The most digits that a double keeps. */
const DOUBLE_DIGITS = 17;

/**
 * Returns why a JSON value could not be stored as its text says; undefined when nothing would be changed. Refused are a
 * NUL character or lone surrogate (Postgres cannot store them), the field `__proto__` and a field that is given twice
 * (one would be dropped), a number that a double cannot hold, and deep nesting. Runs in linear time without recursion,
 * because the nesting is the caller's.
 */
export function refuseUnkeptJson(text: string, value: unknown): string | undefined {
  const { fields, number } = scan(text);
  if (number !== undefined) return `The number ${number.slice(0, 40)} would lose digits; send it as a string.`;
  return refuseValue(value, { fields, mayHoldUnstorable: text.includes('\\u') });
}

function refuseValue(value: unknown, written: { fields: number; mayHoldUnstorable: boolean }): string | undefined {
  const isBad = (text: string) => written.mayHoldUnstorable && (text.includes('\u0000') || !text.isWellFormed());
  let fields = 0;
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item === 'string' && isBad(item)) return UNSTORABLE;
      if (typeof item !== 'object' || item === null) continue;
      if (depth >= DEEPEST) return `The body is nested more than ${DEEPEST} levels deep.`;
      if (Array.isArray(item)) {
        for (const entry of item) next.push(entry);
        continue;
      }
      for (const [name, entry] of Object.entries(item)) {
        if (name === '__proto__') return 'The field name __proto__ cannot be kept; use another name.';
        if (isBad(name)) return UNSTORABLE;
        fields += 1;
        next.push(entry);
      }
    }
    level = next;
  }
  return fields < written.fields ? 'An object has the same field name twice, and only one could be kept.' : undefined;
}

const UNSTORABLE = 'A text contains a NUL character or a lone surrogate.';

/** Reads valid JSON text: how many fields its objects have, and the first number that would be changed. */
function scan(text: string): { fields: number; number: string | undefined } {
  let fields = 0;
  let number: string | undefined;
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at);
    const end = quote < 0 ? text.length : quote;
    const outside = text.slice(at, end);
    for (let colon = outside.indexOf(':'); colon >= 0; colon = outside.indexOf(':', colon + 1)) fields += 1;
    number ??= outside.match(/-?\d[\d.eE+-]*/g)?.find(isChanged);
    at = quote < 0 ? text.length : endOfString(text, quote + 1);
  }
  return { fields, number };
}

/** Returns the position behind the closing quote. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start); ; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
}

/**
 * Returns whether a number as it is written is not the double that is read. An integer must be exact. A fraction may be
 * rounded, as every program rounds it, but must not have more digits than a double, and must not become 0 or infinite.
 */
function isChanged(written: string): boolean {
  if (written.length < DOUBLE_DIGITS - 1 && !/e/i.test(written)) return false;
  const read = Number(written);
  if (!Number.isFinite(read)) return true;
  const [one, other] = [decimalOf(written), decimalOf(String(read))];
  if (one.digits === other.digits && one.exponent === other.exponent) return false;
  if (one.digits.length > DOUBLE_DIGITS || read === 0) return true;
  return Number.isInteger(read) && BigInt(read) !== integerOf(one);
}

/** The significant digits without zeros at both ends, and the power of ten of the last digit. */
interface Decimal {
  digits: string;
  exponent: number;
}

function decimalOf(written: string): Decimal {
  const [mantissa = '', power = '0'] = written
    .toLowerCase()
    .replace('-', (sign, at) => (at === 0 ? '' : sign))
    .split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = `${whole}${fraction}`.replace(/^0+/, '');
  let end = all.length;
  // A pattern for the zeros at the end would need quadratic time.
  while (all[end - 1] === '0') end -= 1;
  return { digits: all.slice(0, end), exponent: end === 0 ? 0 : Number(power) - fraction.length + (all.length - end) };
}

/** Undefined for a number that is no integer. */
function integerOf({ digits, exponent }: Decimal): bigint | undefined {
  return exponent < 0 ? undefined : BigInt(digits) * 10n ** BigInt(exponent);
}
