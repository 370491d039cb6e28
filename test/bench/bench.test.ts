import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { StartClock } from './chain/load.ts';
import { median, quantile, ratioOf } from './figures.ts';
import { readSettings } from './settings.ts';

const Ratio = z.number().positive();
const Speed = z.looseObject({
  name: z.string(),
  steps_per_second: z.number().positive(),
  start_p99_ms: z.number().nullable(),
  chain_p99_ms: z.number().positive(),
});
const Chain = z.looseObject({ aim: Ratio, ratio: Ratio, rows: z.array(Speed) });
const Waits = z.looseObject({ starts: z.number().positive(), start_p95_ms: z.number() });
const Load = z.looseObject({ requests_per_second: z.number().positive(), p99_ms: z.number().positive() });
const ReportShape = z.looseObject({
  machine: z.looseObject({ node: z.string(), cpu_count: z.int().positive(), postgres: z.string() }),
  chain: Chain.optional(),
  distance: Chain.optional(),
  backlog: z.looseObject({ done: z.literal(200), quiet: Waits, meanwhile: Waits }).optional(),
  requests: z.looseObject({ aim: Ratio, ratio: Ratio, product: Load, bare: Load, framework: Load }).optional(),
});

async function bench(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['test/bench/bench.ts', ...args]);
  return stdout;
}

// No figure is asserted: they are the machine's. What is held is that each part still measures the product and prints what programs read.
describe.skipIf(!process.env.DATABASE_URL)('npm run bench', () => {
  it.each(['chain', 'distance', 'requests'] as const)('measures %s and prints its ratio as JSON', async (part) => {
    const report = ReportShape.parse(
      JSON.parse(await bench('--only', part, '--no-peers', '--seconds', '0.2', '--rounds', '1', '--json')),
    );
    expect(report[part]?.ratio).toBeGreaterThan(0);
    const rows = (part === 'requests' ? undefined : report[part])?.rows.map(({ name }) => name);
    if (part !== 'requests') expect(rows).toEqual(['step', 'turn', 'transaction', 'one_statement']);
  });

  it('drains a backlog and starts another tenant’s steps meanwhile', async () => {
    const report = ReportShape.parse(JSON.parse(await bench('--only', 'backlog', '--backlog', '200', '--json')));
    expect(report.backlog?.done).toBe(200);
  });
});

describe('the figures of the bench', () => {
  it('measures a start from the commit to the handler; one that came before its commit was heard of is no wait', () => {
    const clock = new StartClock();
    clock.due('a');
    clock.started('a');
    clock.started('b');
    clock.due('b');
    expect(clock.waits).toHaveLength(2);
    expect(clock.waits[0]).toBeGreaterThan(0);
    expect(clock.waits[1]).toBe(0);
    clock.reset();
    expect(clock.waits).toEqual([]);
  });

  it('takes ratios within a round, so that a slow minute hits both sides', () => {
    expect(ratioOf([10, 100, 50], [20, 200, 50])).toBe(0.5);
    expect(median([3, 1, 2])).toBe(2);
    expect(quantile([1, 2, 3, 4], 0.99)).toBe(4);
  });

  it('refuses an option that it does not know', () => {
    expect(() => readSettings(['--only', 'everything'], {})).toThrow('only');
    expect(readSettings(['--only', 'chain', '--seconds', '1'], {})).toMatchObject({ parts: ['chain'], seconds: 1 });
    expect(readSettings(['--no-peers'], {})).toMatchObject({ peers: false, backlog: 100_000 });
  });
});
