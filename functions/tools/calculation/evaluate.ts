import { ArithmeticFault, ExactMath, type Fraction, fractionOf } from './exact-math.ts';

type Calculation =
  | { status: 'computed'; text: string; isExact: boolean }
  /** `reason` says what is wrong and where, for a model. */
  | { status: 'refused'; reason: string };

/**
 * Evaluates an arithmetic expression exactly: decimal numbers, + - * / % (remainder), ** or ^ (power: evaluated from
 * right to left and before a sign), brackets, abs, round, floor, ceil, min, max and sum. No part of it is run as code.
 */
export function calculate(expression: string): Calculation {
  const math = new ExactMath();
  try {
    return { status: 'computed', ...math.toDecimal(new Evaluation(split(expression), math).run()) };
  } catch (error) {
    if (error instanceof ArithmeticFault) return { status: 'refused', reason: error.message };
    throw error;
  }
}

const TOKEN = /\s*(?:(\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d{1,4})?|\.\d+)|(\*\*|[-+*/%^(),]|[×÷−·])|([a-z]+))/y;
const SIGNS: Record<string, string> = { '×': '*', '·': '*', '÷': '/', '−': '-', '^': '**' };
const MAX_DEPTH = 100;
const MAX_DECIMALS = 100;

function split(expression: string): string[] {
  const tokens: string[] = [];
  const text = expression.trimEnd();
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const found = TOKEN.exec(text);
    if (found === null)
      throw new ArithmeticFault(
        `${[...text.slice(at).trim()][0] ?? ''} at character ${at + 1} is not part of arithmetic`,
      );
    const [, number, sign = '', word] = found;
    tokens.push(number?.replaceAll('_', '') ?? word ?? SIGNS[sign] ?? sign);
  }
  return tokens;
}

/** A recursive-descent parser that computes while it reads. Each method reads one level of precedence. */
class Evaluation {
  readonly #tokens: readonly string[];
  readonly #math: ExactMath;
  #at = 0;

  constructor(tokens: readonly string[], math: ExactMath) {
    this.#tokens = tokens;
    this.#math = math;
  }

  run(): Fraction {
    const value = this.#readSum(0);
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new ArithmeticFault(`${rest} was not expected here`);
    return value;
  }

  #readSum(depth: number): Fraction {
    if (depth > MAX_DEPTH) throw new ArithmeticFault('the brackets are nested too deeply');
    let value = this.#readProduct(depth);
    for (let sign = this.#take('+', '-'); sign !== undefined; sign = this.#take('+', '-')) {
      const other = this.#readProduct(depth);
      value = sign === '+' ? this.#math.add(value, other) : this.#math.subtract(value, other);
    }
    return value;
  }

  #readProduct(depth: number): Fraction {
    let value = this.#readSigned(depth);
    for (let sign = this.#take('*', '/', '%'); sign !== undefined; sign = this.#take('*', '/', '%')) {
      const other = this.#readSigned(depth);
      if (sign === '*') value = this.#math.multiply(value, other);
      else value = sign === '/' ? this.#math.divide(value, other) : this.#math.remainder(value, other);
    }
    return value;
  }

  /** `-2 ** 2` is -4, as in mathematics. */
  #readSigned(depth: number): Fraction {
    if (depth > MAX_DEPTH) throw new ArithmeticFault('there are too many signs');
    const sign = this.#take('-', '+');
    if (sign !== undefined) {
      const value = this.#readSigned(depth + 1);
      return sign === '-' ? this.#math.negate(value) : value;
    }
    const base = this.#readValue(depth);
    return this.#take('**') === undefined ? base : this.#math.power(base, this.#readSigned(depth + 1));
  }

  #readValue(depth: number): Fraction {
    const token = this.#next();
    if (token === undefined) throw new ArithmeticFault('the expression ends too early');
    if (/^[\d.]/.test(token)) return this.#toNumber(token);
    if (token === '(') {
      const value = this.#readSum(depth + 1);
      if (this.#take(')') === undefined) throw new ArithmeticFault('a bracket is not closed');
      return value;
    }
    const compute = FUNCTIONS.get(token);
    if (compute !== undefined) return compute(this.#math, this.#readArguments(token, depth + 1));
    throw new ArithmeticFault(`${token} was not expected here; the functions are ${[...FUNCTIONS.keys()].join(', ')}`);
  }

  #readArguments(name: string, depth: number): Fraction[] {
    if (this.#take('(') === undefined) throw new ArithmeticFault(`${name} needs its arguments in brackets`);
    const values = [this.#readSum(depth)];
    while (this.#take(',') !== undefined) values.push(this.#readSum(depth));
    if (this.#take(')') === undefined) throw new ArithmeticFault(`the brackets of ${name} are not closed`);
    return values;
  }

  #toNumber(text: string): Fraction {
    const [digits = '', exponent] = text.toLowerCase().split('e');
    const value = fractionOf(digits);
    if (exponent === undefined) return value;
    return this.#math.multiply(value, this.#math.power(fractionOf(10n), fractionOf(BigInt(exponent))));
  }

  /** Takes the next token if it is one of these. */
  #take(...wanted: string[]): string | undefined {
    const token = this.#tokens[this.#at];
    return token !== undefined && wanted.includes(token) ? this.#next() : undefined;
  }

  #next(): string | undefined {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    return token;
  }
}

type Compute = (math: ExactMath, values: Fraction[]) => Fraction;

const ZERO = fractionOf(0n);

const FUNCTIONS: ReadonlyMap<string, Compute> = new Map<string, Compute>([
  ['abs', (math, values) => math.absolute(only('abs', values))],
  ['floor', (_math, values) => only('floor', values).floor()],
  ['ceil', (_math, values) => only('ceil', values).ceil()],
  [
    'round',
    (math, [value = ZERO, decimals = ZERO, ...rest]) => {
      const isCount = decimals.d === 1n && decimals.s >= 0n && decimals.n <= BigInt(MAX_DECIMALS);
      if (rest.length > 0 || !isCount)
        throw new ArithmeticFault(`round takes a number and 0 to ${MAX_DECIMALS} decimals`);
      return math.round(value, Number(decimals.n));
    },
  ],
  ['min', (_math, values) => values.reduce((least, value) => (value.lt(least) ? value : least))],
  ['max', (_math, values) => values.reduce((most, value) => (most.lt(value) ? value : most))],
  ['sum', (math, values) => values.reduce((sum, value) => math.add(sum, value))],
]);

function only(name: string, [value, ...rest]: Fraction[]): Fraction {
  if (value === undefined || rest.length > 0) throw new ArithmeticFault(`${name} takes one number`);
  return value;
}
