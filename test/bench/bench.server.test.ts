import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

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
  realtime: z.looseObject({ rates: z.array(z.looseObject({ ratio: Ratio })), faults: z.literal(0) }).optional(),
  requests: z.looseObject({ aim: Ratio, ratio: Ratio, product: Load, bare: Load, framework: Load }).optional(),
});

async function bench(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['test/bench/bench.ts', ...args]);
  return stdout;
}

// Figures depend on the machine, so none is asserted. The test checks that each part works and prints valid JSON.
describe('npm run bench', () => {
  it.each(['chain', 'distance', 'requests'] as const)('measures %s and prints its ratio as JSON', async (part) => {
    const report = ReportShape.parse(
      JSON.parse(await bench('--only', part, '--no-peers', '--seconds', '0.2', '--rounds', '1', '--json')),
    );
    expect(report[part]?.ratio).toBeGreaterThan(0);
    const rows = (part === 'requests' ? undefined : report[part])?.rows.map(({ name }) => name);
    if (part !== 'requests') expect(rows).toEqual(['step', 'turn', 'transaction', 'one_statement']);
  });

  it('sends events to a thousand clients, each once', async () => {
    const report = ReportShape.parse(
      JSON.parse(await bench('--only', 'realtime', '--seconds', '0.2', '--rounds', '1', '--json')),
    );
    expect(report.realtime?.rates).toHaveLength(2);
  });

  it('drains a backlog and starts another tenant’s steps at the same time', async () => {
    const report = ReportShape.parse(JSON.parse(await bench('--only', 'backlog', '--backlog', '200', '--json')));
    expect(report.backlog?.done).toBe(200);
  });
});
