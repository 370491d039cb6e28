import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { median, quantile, ratioOf } from './figures.ts';
import { readSettings } from './settings.ts';

const Ratio = z.number().positive();
const Speed = z.looseObject({ steps_per_second: z.number().positive(), chain_p99_ms: z.number().positive() });
const Load = z.looseObject({ requests_per_second: z.number().positive(), p99_ms: z.number().positive() });
const ReportShape = z.looseObject({
  machine: z.looseObject({ node: z.string(), cpu_count: z.int().positive(), postgres: z.string() }),
  chain: z.looseObject({ aim: Ratio, ratio: Ratio, product: z.looseObject({ step: Speed, turn: Speed }) }).optional(),
  requests: z.looseObject({ aim: Ratio, ratio: Ratio, product: Load, bare: Load, framework: Load }).optional(),
});

async function bench(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['test/bench/bench.ts', ...args]);
  return stdout;
}

// No figure is asserted: they are the machine's. What is held is that each part still measures the product and prints what programs read.
describe.skipIf(!process.env.DATABASE_URL)('npm run bench', () => {
  it.each(['chain', 'requests'] as const)('measures %s and prints its ratio as JSON', async (part) => {
    const report = ReportShape.parse(
      JSON.parse(await bench('--only', part, '--seconds', '0.2', '--rounds', '1', '--json')),
    );
    expect(report[part]?.ratio).toBeGreaterThan(0);
  });
});

describe('the figures of the bench', () => {
  it('takes ratios within a round, so that a slow minute hits both sides', () => {
    expect(ratioOf([10, 100, 50], [20, 200, 50])).toBe(0.5);
    expect(median([3, 1, 2])).toBe(2);
    expect(quantile([1, 2, 3, 4], 0.99)).toBe(4);
  });

  it('refuses an option that it does not know', () => {
    expect(() => readSettings(['--only', 'everything'], {})).toThrow('only');
    expect(readSettings(['--only', 'chain', '--seconds', '1'], {})).toMatchObject({ parts: ['chain'], seconds: 1 });
  });
});
