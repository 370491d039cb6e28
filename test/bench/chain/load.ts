import { z } from 'zod';
import { createId } from '../../../functions/platform/id.ts';
import { quantile, rounded } from '../figures.ts';

/** What all sides of the comparison do alike: the same chains, counted the same way. */

export const STEPS = 5;
export const IN_FLIGHT = 16;
/** The same on every side; the product's default. A session that only listens comes on top, on every side that has one. */
export const POOL_SIZE = 5;
/** What a step records: about 1 kB, as a short answer of a model. */
export const RECORD = JSON.stringify({ role: 'assistant', text: 'x'.repeat(1000) });

export const ChainOrder = z.strictObject({ variant: z.string(), seconds: z.number() });
export const ChainFigures = z.strictObject({
  steps_per_second: z.number(),
  /** Of the whole process: server, and queue, driver or worker. */
  cpu_us_per_step: z.number(),
  /** From the commit that made a step due to the first line of its handler; null where nothing stands between the two. */
  start_p50_ms: z.number().nullable(),
  start_p99_ms: z.number().nullable(),
  chain_p50_ms: z.number(),
  chain_p99_ms: z.number(),
});
export type ChainFigures = z.infer<typeof ChainFigures>;

/** Measures how long steps that are due wait for their start. A step may start before whoever made it due hears of his own commit: that is no wait. */
export class StartClock {
  readonly #dueAt = new Map<string, number>();
  readonly #startedEarly = new Set<string>();
  readonly waits: number[] = [];

  /** The answer to the commit that made this step due has come. */
  due(step: string): void {
    if (this.#startedEarly.delete(step)) this.waits.push(0);
    else this.#dueAt.set(step, performance.now());
  }

  started(step: string): void {
    const dueAt = this.#dueAt.get(step);
    if (dueAt === undefined) {
      this.#startedEarly.add(step);
      return;
    }
    this.#dueAt.delete(step);
    this.waits.push(performance.now() - dueAt);
  }

  reset(): void {
    this.#dueAt.clear();
    this.#startedEarly.clear();
    this.waits.length = 0;
  }
}

/** Chains that a round may start at most; their rows are there before the clock runs, on every side that has rows. */
export function chainIds(seconds: number, mostPerSecond = 2_500): string[] {
  return Array.from({ length: Math.ceil(seconds * mostPerSecond) + IN_FLIGHT }, () => createId('run'));
}

/** Keeps {@link IN_FLIGHT} chains going for this long and lets the last ones end. */
export async function runChains(
  seconds: number,
  ids: readonly string[],
  clock: StartClock,
  runChain: (id: string) => Promise<void>,
): Promise<ChainFigures> {
  const durations: number[] = [];
  const waiting = ids.values();
  clock.reset();
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
  const startAt = (share: number) => (clock.waits.length > 0 ? rounded(quantile(clock.waits, share), 2) : null);
  return {
    steps_per_second: rounded(steps / elapsed, 0),
    cpu_us_per_step: rounded((user + system) / steps, 0),
    start_p50_ms: startAt(0.5),
    start_p99_ms: startAt(0.99),
    chain_p50_ms: rounded(quantile(durations, 0.5), 2),
    chain_p99_ms: rounded(quantile(durations, 0.99), 2),
  };
}
