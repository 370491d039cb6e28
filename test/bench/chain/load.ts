import { z } from 'zod';
import { createId } from '../../../functions/platform/id.ts';
import { quantile, rounded } from '../figures.ts';

/** The load of all contestants: the same chains, measured in the same way. */

export const STEPS = 5;
export const IN_FLIGHT = 16;
/** Database connections of each contestant, the product's default. A connection that only listens is additional. */
export const POOL_SIZE = 5;
/** The record of a step: about 1 kB, like a short answer of a model. */
export const RECORD = JSON.stringify({ role: 'assistant', text: 'x'.repeat(1000) });

export const ChainOrder = z.strictObject({ variant: z.string(), seconds: z.number() });
export const ChainFigures = z.strictObject({
  steps_per_second: z.number(),
  /** CPU time of the whole process: server and queue, driver or worker. */
  cpu_us_per_step: z.number(),
  /** Time from the commit that made a step due to its handler. Null for contestants without such a wait. */
  start_p50_ms: z.number().nullable(),
  start_p99_ms: z.number().nullable(),
  chain_p50_ms: z.number(),
  chain_p99_ms: z.number(),
});
export type ChainFigures = z.infer<typeof ChainFigures>;

/** Measures how long due steps wait. A step that starts before the answer to its commit arrives has a wait of zero. */
export class StartClock {
  readonly #dueAt = new Map<string, number>();
  readonly #startedEarly = new Set<string>();
  readonly waits: number[] = [];

  /** Call when the answer to the commit that made this step due has arrived. */
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

/** Returns ids for the maximum number of chains of a round. Their rows are inserted before the measurement. */
export function chainIds(seconds: number, mostPerSecond = 2_500): string[] {
  return Array.from({ length: Math.ceil(seconds * mostPerSecond) + IN_FLIGHT }, () => createId('run'));
}

/** Runs {@link IN_FLIGHT} concurrent chains for this time and waits for the last ones. */
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
