/** Nested arrays and objects. Deeper values would overflow the stack of JSON.stringify, of schemas and of Postgres. */
const DEEPEST = 100;
/** The most digits that a double keeps. */
const DOUBLE_DIGITS = 17;
/**
 * Values of a body: fields and items. The largest legitimate bodies have 2,000 messages of a few fields. 8 MB of
 * distinct field names (660,000) blocked the process for 5 s: V8 parses and lists an object with so many names slowly.
 */
export const MOST_VALUES = 50_000;

/** What {@link scanJson} counts. `number`: the first number that a double would change. */
export interface ScannedJson {
  fields: number;
  values: number;
  number: string | undefined;
}

/**
 * Returns why a JSON value could not be stored as its text says; undefined when nothing would be changed. Refused are a
 * NUL character or lone surrogate (Postgres cannot store them), the field `__proto__` and a field that is given twice
 * (one would be dropped), a number that a double cannot hold, and deep nesting. Runs in linear time without recursion,
 * because the nesting is the caller's.
 */
export function refuseUnkeptJson(text: string, value: unknown, { fields, number }: ScannedJson): string | undefined {
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

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
/** A comma or an opening bracket: one stands before every field and item. */
const isBeforeValue = (code: number) => code === 0x2c || code === 0x5b || code === 0x7b;
const MINUS = 0x2d;

/**
 * Counts the values of a text that is probably JSON, before it is parsed. It stops behind {@link MOST_VALUES}, so a
 * text of many values costs no more than a text of few.
 */
export function scanJson(text: string): ScannedJson {
  let [fields, values] = [0, 0];
  let number: string | undefined;
  for (let at = 0; at < text.length && values <= MOST_VALUES; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at + 1);
    else if (code === COLON) fields += 1;
    else if (isBeforeValue(code)) values += 1;
    else if (code === MINUS || isDigit(code)) {
      const end = endOfNumber(text, at + 1);
      if (number === undefined && losesDigits(text.slice(at, end))) number = text.slice(at, end);
      at = end - 1;
    }
  }
  return { fields, values, number };
}

/** Returns the position of the closing quote, or the end of a text without one. */
function endOfString(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}

function endOfNumber(text: string, start: number): number {
  let at = start;
  while (at < text.length && /[\d.eE+-]/.test(text.charAt(at))) at += 1;
  return at;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/**
 * Returns whether a number as it is written is not the double that is read. An integer must be exact. A fraction may be
 * rounded, as every program rounds it, but must not have more digits than a double, and must not become 0 or infinite.
 */
export function losesDigits(written: string): boolean {
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
