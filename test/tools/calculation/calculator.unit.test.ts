import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calculator } from '../../../functions/tools/calculation/calculator.ts';
import { callTool, type ToolContext } from '../../../functions/tools/tool.ts';

// A calculation does not use its context.
const context = {} as ToolContext;

async function compute(expression: string): Promise<string> {
  const outcome = await callTool([calculator], 'calculator', { expression }, context);
  if (outcome.status !== 'completed') throw new Error('calculator never waits');
  return outcome.isError ? `! ${outcome.output}` : outcome.output;
}

test.each([
  ['0.1 + 0.2', '0.3'],
  ['1999.90 * 1.19', '2379.881'],
  ['round(1999.90 * 1.19, 2)', '2379.88'],
  ['round(2.675, 2)', '2.68'],
  ['round(-2.5)', '-3'],
  ['round(-0.125, 2)', '-0.13'],
  ['-1 / 3', '≈ -0.333333333333333333333333333333'],
  ['-1 / 10 ** 40 / 3', '≈ 0'],
  ['3 / 2 ** 40', '0.0000000000027284841053187847137451171875'],
  ['1 / 8', '0.125'],
  ['1 / 3', '≈ 0.333333333333333333333333333333'],
  ['2 / 3 * 3', '2'],
  ['-2 ** 2', '-4'],
  ['(-2) ** 2', '4'],
  ['2 ** 3 ** 2', '512'],
  ['2 ** -2', '0.25'],
  ['2^10', '1024'],
  ['0 ** 0', '1'],
  ['(-1) ** 1000000000001', '-1'],
  ['(-1) ** 1000000000000', '1'],
  ['10 % 3', '1'],
  ['-7 % 3', '2'],
  ['5.5 % 2', '1.5'],
  ['7 % -3', '-2'],
  ['1 - 2 - 3', '-4'],
  ['8 / 2 / 2', '2'],
  ['2 × 3 ÷ 4 − 1', '0.5'],
  ['1_000_000 * 1.5', '1500000'],
  ['1.5e3 + 2E-2', '1500.02'],
  ['.5 + 0.50', '1'],
  ['--3', '3'],
  ['max(1, 2.5, -3) - min(1, 2.5, -3)', '5.5'],
  ['sum(0.1, 0.2, 0.3)', '0.6'],
  ['abs(-4) + floor(-1.5) + ceil(-1.5)', '1'],
  ['12345678901234567890 * 98765432109876543210', '1219326311370217952237463801111263526900'],
])('%s = %s', async (expression, result) => expect(await compute(expression)).toBe(result));

test.each([
  ['1 / 0', 'division by zero'],
  ['1 % 0', 'division by zero'],
  ['0 ** -1', 'division by zero'],
  ['2 ** 0.5', 'must be a whole number'],
  ['9 ** 9 ** 9', 'too long'],
  ['2 ** 99999999999999999999', 'too long'],
  ['1e9999 * 1e9999', 'too long'],
  ['1 +', 'ends too early'],
  ['(1', 'not closed'],
  ['1)', ') was not expected'],
  ['1 2', '2 was not expected'],
  ['process(1)', 'process was not expected'],
  ['process.exit()', '. at character 8'],
  ['constructor(1)', 'constructor was not expected'],
  ['__proto__', '_ at character 1'],
  ['1; 2', '; at character 2'],
  ['abs', 'in brackets'],
  ['abs(1, 2)', 'takes one number'],
  ['round(1, 101)', 'decimals'],
  ['round(1, -1)', 'decimals'],
  ['"1"', '" at character 1'],
  ['<b>', '< at character 1'],
  ['   ', 'ends too early'],
])('answers %s with a failure: %s', async (expression, fault) => {
  const said = await compute(expression);
  expect(said.startsWith('! The expression cannot be computed: ')).toBe(true);
  expect(said).toContain(fault);
});

describe('any expression', () => {
  test('adds and multiplies decimals exactly like integers', async () => {
    const cents = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
    const write = (value: bigint) => {
      const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
      return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
    };
    await fc.assert(
      fc.asyncProperty(cents, cents, async (a, b) => {
        expect(await compute(`(${write(a)} + ${write(b)}) * 100`)).toBe((a + b).toString());
        expect(await compute(`${write(a)} * (${write(b)}) * 10000`)).toBe((a * b).toString());
      }),
    );
  });

  test('ends with a result or a reason', async () => {
    const piece = fc.constantFrom(
      '1',
      '2.5',
      '9',
      '+',
      '-',
      '*',
      '/',
      '%',
      '**',
      '(',
      ')',
      ',',
      'max(',
      'round(',
      'e9',
      ' ',
      'x',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 60 }), async (pieces) => {
        expect(typeof (await compute(pieces.join('') || '1'))).toBe('string');
      }),
      { numRuns: 500 },
    );
    for (const hostile of [
      '('.repeat(1_000),
      '-'.repeat(1_000),
      '9**'.repeat(333),
      'max('.repeat(250),
      `${'9'.repeat(900)}**9`,
    ])
      expect(await compute(hostile)).toMatch(/^(! |\d)/);
  });

  // 50 additions of fractions with 2 × 9,800 bits take seconds. A power of 0, 1 or -1 with a long exponent takes no
  // time.
  test('refuses a sum of long fractions before it blocks the process', async () => {
    const terms = Array.from({ length: 50 }, (_, index) => `7**-${3500 - index}/11**-${2800 - index}`);
    expect(await compute(terms.join('+'))).toBe('! The expression cannot be computed: the calculation takes too long.');
    expect(await compute('1 ** 10 ** 4000 + (-1) ** 10 ** 4000 + 0 ** 10 ** 4000')).toBe('2');
  });
});
