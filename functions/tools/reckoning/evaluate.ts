import {
  ArithmeticFault,
  add,
  divide,
  floor,
  isLess,
  multiply,
  negate,
  power,
  type Rational,
  rational,
  remainder,
  round,
} from './rational.ts';

/**
 * Evaluates an arithmetic expression exactly: decimal numbers, + - * / % (remainder) and ** or ^ (power, from the right, before a sign), brackets, and
 * abs, round, floor, ceil, min, max, sum. Nothing in it is ever run as code.
 * @throws ArithmeticFault that says what is wrong and where
 */
export function evaluate(expression: string): Rational {
  const reader = new Reader(split(expression));
  const value = readSum(reader, 0);
  if (reader.next !== undefined) throw new ArithmeticFault(`${reader.next} was not expected here`);
  return value;
}

const TOKEN = /\s*(?:(\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d{1,4})?|\.\d+)|(\*\*|[-+*/%^(),]|[×÷−·])|([a-z]+))/y;
const SIGNS: Record<string, string> = { '×': '*', '·': '*', '÷': '/', '−': '-', '^': '**' };
const MOST_DEPTH = 100;
const MOST_DECIMALS = 100;

function split(expression: string): string[] {
  const tokens: string[] = [];
  const text = expression.trimEnd();
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const found = TOKEN.exec(text);
    if (found === null)
      throw new ArithmeticFault(
        `${[...text.slice(at).trim()][0] ?? ''} at character ${at + 1} is no part of arithmetic`,
      );
    const [, number, sign = '', word] = found;
    tokens.push(number?.replaceAll('_', '') ?? word ?? SIGNS[sign] ?? sign);
  }
  return tokens;
}

class Reader {
  readonly #tokens: string[];
  #at = 0;

  constructor(tokens: string[]) {
    this.#tokens = tokens;
  }

  get next(): string | undefined {
    return this.#tokens[this.#at];
  }

  /** Takes the next token when it is one of these. */
  take(...wanted: string[]): string | undefined {
    if (this.next === undefined || !wanted.includes(this.next)) return undefined;
    return this.any();
  }

  any(): string | undefined {
    const token = this.next;
    this.#at += 1;
    return token;
  }
}

function readSum(reader: Reader, depth: number): Rational {
  if (depth > MOST_DEPTH) throw new ArithmeticFault('the brackets are nested too deeply');
  let value = readProduct(reader, depth);
  for (let sign = reader.take('+', '-'); sign !== undefined; sign = reader.take('+', '-')) {
    const other = readProduct(reader, depth);
    value = add(value, sign === '+' ? other : negate(other));
  }
  return value;
}

function readProduct(reader: Reader, depth: number): Rational {
  let value = readSigned(reader, depth);
  for (let sign = reader.take('*', '/', '%'); sign !== undefined; sign = reader.take('*', '/', '%')) {
    const other = readSigned(reader, depth);
    value = sign === '*' ? multiply(value, other) : sign === '/' ? divide(value, other) : remainder(value, other);
  }
  return value;
}

/** `-2 ** 2` is -4, as in mathematics. */
function readSigned(reader: Reader, depth: number): Rational {
  if (depth > MOST_DEPTH) throw new ArithmeticFault('there are too many signs');
  const sign = reader.take('-', '+');
  if (sign !== undefined) {
    const value = readSigned(reader, depth + 1);
    return sign === '-' ? negate(value) : value;
  }
  const base = readValue(reader, depth);
  return reader.take('**') === undefined ? base : power(base, readSigned(reader, depth + 1));
}

function readValue(reader: Reader, depth: number): Rational {
  const token = reader.any();
  if (token === undefined) throw new ArithmeticFault('the expression ends too early');
  if (/^[\d.]/.test(token)) return toNumber(token);
  if (token === '(') {
    const value = readSum(reader, depth + 1);
    if (reader.take(')') === undefined) throw new ArithmeticFault('a bracket is not closed');
    return value;
  }
  const compute = FUNCTIONS[token];
  if (compute === undefined)
    throw new ArithmeticFault(`${token} was not expected here; the functions are ${Object.keys(FUNCTIONS).join(', ')}`);
  return compute(readArguments(reader, token, depth + 1));
}

function readArguments(reader: Reader, name: string, depth: number): Rational[] {
  if (reader.take('(') === undefined) throw new ArithmeticFault(`${name} needs its arguments in brackets`);
  const values = [readSum(reader, depth)];
  while (reader.take(',') !== undefined) values.push(readSum(reader, depth));
  if (reader.take(')') === undefined) throw new ArithmeticFault(`the brackets of ${name} are not closed`);
  return values;
}

function toNumber(text: string): Rational {
  const [digits = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = digits.split('.');
  const value = rational(BigInt(whole + fraction), 10n ** BigInt(fraction.length));
  return multiply(value, power(rational(10n), rational(BigInt(exponent))));
}

const ZERO = rational(0n);

/** A map without a prototype: `constructor` is no function here. */
const FUNCTIONS: Record<string, (values: Rational[]) => Rational> = Object.assign(Object.create(null), {
  abs: (values: Rational[]) => {
    const value = only('abs', values);
    return isLess(value, ZERO) ? negate(value) : value;
  },
  floor: (values: Rational[]) => rational(floor(only('floor', values))),
  ceil: (values: Rational[]) => rational(-floor(negate(only('ceil', values)))),
  round: ([value = ZERO, decimals = ZERO, ...rest]: Rational[]) => {
    const isCount =
      decimals.denominator === 1n && decimals.numerator >= 0n && decimals.numerator <= BigInt(MOST_DECIMALS);
    if (rest.length > 0 || !isCount)
      throw new ArithmeticFault(`round takes a number and 0 to ${MOST_DECIMALS} decimals`);
    return round(value, Number(decimals.numerator));
  },
  min: (values: Rational[]) => values.reduce((least, value) => (isLess(value, least) ? value : least)),
  max: (values: Rational[]) => values.reduce((most, value) => (isLess(most, value) ? value : most)),
  sum: (values: Rational[]) => values.reduce(add),
});

function only(name: string, [value, ...rest]: Rational[]): Rational {
  if (value === undefined || rest.length > 0) throw new ArithmeticFault(`${name} takes one number`);
  return value;
}
