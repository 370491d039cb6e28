import { z } from 'zod';
import { createId } from '../../../functions/platform/id.ts';
import { quantile, rounded } from '../figures.ts';

/** What both sides of the comparison do alike: the same chains, counted the same way. */

export const STEPS = 5;
export const IN_FLIGHT = 16;
/** The same on both sides; the product's default. */
export const POOL_SIZE = 5;
/** What a step records: about 1 kB, as a short answer of a model. */
export const RECORD = JSON.stringify({ role: 'assistant', text: 'x'.repeat(1000) });

export const ChainOrder = z.strictObject({ variant: z.string(), seconds: z.number() });
export const ChainFigures = z.strictObject({
  steps_per_second: z.number(),
  /** Of the whole process: server, and queue or driver. */
  cpu_us_per_step: z.number(),
  chain_p50_ms: z.number(),
  chain_p99_ms: z.number(),
});
export type ChainFigures = z.infer<typeof ChainFigures>;

/** Chains that a round may start at most; their rows are there before the clock runs, on both sides. */
export function chainIds(seconds: number): string[] {
  return Array.from({ length: Math.ceil(seconds * 3_000) + IN_FLIGHT }, () => createId('run'));
}

/** Keeps {@link IN_FLIGHT} chains going for this long and lets the last ones end. */
export async function runChains(
  seconds: number,
  ids: readonly string[],
  runChain: (id: string) => Promise<void>,
): Promise<ChainFigures> {
  const durations: number[] = [];
  const waiting = ids.values();
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const keepGoing = async () => {
    for (const id of waiting) {
      const chainStartedAt = performance.now();
      await runChain(id);
      durations.push(performance.now() - chainStartedAt);
      if (performance.now() - startedAt >= seconds * 1000) return;
    }
    throw new Error('The chains of this round ran out');
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, keepGoing));
  const elapsed = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const steps = durations.length * STEPS;
  return {
    steps_per_second: rounded(steps / elapsed, 0),
    cpu_us_per_step: rounded((user + system) / steps, 0),
    chain_p50_ms: rounded(quantile(durations, 0.5), 2),
    chain_p99_ms: rounded(quantile(durations, 0.99), 2),
  };
}
