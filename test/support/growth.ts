import { createContext, Script } from 'node:vm';
import { expect } from 'vitest';

/**
 * Distinguishes linear work from quadratic and exponential work, on any machine and under any load.
 *
 * `cpuGrowth` calls a function with an input of size n and with an input of size 8n. It returns the ratio of their CPU
 * times: about 8 for linear work, about 64 for quadratic work, `Infinity` for work that does not end. CPU time does not
 * depend on other programs of the machine. Each size is measured several times and the minimum counts, because garbage
 * collection and compilation only add time.
 *
 * The caller chooses n so that it is much larger than every constant bound of the code under test (a pattern that looks
 * ahead by at most 1,000 characters is quadratic below that and linear above), and 8n is not more than the product
 * accepts.
 */

const FACTOR = 8;
/** Three times linear growth, and a little more than a third of quadratic growth. */
export const MOST_GROWTH = 24;

/** Minimum duration of a batch of calls with the smaller input, because of the clock's resolution. */
const BATCH_MICROSECONDS = 1_000;
/** Number of rounds. It is five times as large when the growth seems to be too large. */
const MOST_ROUNDS = 5;
/** Long work is measured only twice, because its noise is small. */
const ENOUGH_MICROSECONDS = 200_000;
/** Stops work that never ends. Work that ends takes less than a second. */
const HANG_MS = 20_000;

export interface GrowthOptions {
  /** A shorter time for work that is known to hang. */
  hangMs?: number;
}

/**
 * Returns the growth of the CPU time from n to 8n.
 * @param run may be asynchronous, but can be stopped only before its first `await`
 */
export async function cpuGrowth<Input>(
  run: (input: Input) => unknown,
  make: (size: number) => Input,
  size: number,
  { hangMs = HANG_MS }: GrowthOptions = {},
): Promise<number> {
  const [small, large] = [make(size), make(size * FACTOR)];
  try {
    let calls = 1;
    while ((await cpuTimeOf(run, small, calls, hangMs)) < BATCH_MICROSECONDS) calls *= 2;
    const callsOfLarge = Math.ceil(calls / FACTOR);
    let [leastOfSmall, leastOfLarge] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    let spent = 0;
    for (let round = 1; ; round += 1) {
      const ofSmall = await cpuTimeOf(run, small, calls, hangMs);
      const ofLarge = await cpuTimeOf(run, large, callsOfLarge, hangMs);
      leastOfSmall = Math.min(leastOfSmall, ofSmall / calls);
      leastOfLarge = Math.min(leastOfLarge, ofLarge / callsOfLarge);
      spent += ofSmall + ofLarge;
      const growth = leastOfLarge / leastOfSmall;
      const doubts = growth < MOST_GROWTH ? 1 : 5;
      const isEnough = round >= MOST_ROUNDS * doubts || spent >= ENOUGH_MICROSECONDS * doubts;
      if (round > 1 && isEnough) return growth;
    }
  } catch (error) {
    if (isTimeout(error)) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/** The error is created in the context of the script, so it is not an instance of this context's `Error`. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}

/** Fails when the work grows faster than its input does. */
export async function expectLinear<Input>(
  run: (input: Input) => unknown,
  make: (size: number) => Input,
  size: number,
): Promise<void> {
  const growth = await cpuGrowth(run, make, size);
  expect(growth, `growth of the CPU time from size ${size} to size ${size * FACTOR}`).toBeLessThan(MOST_GROWTH);
}

/** Returns a text of about this length that repeats one piece. */
export const repeated = (piece: string) => (length: number) => piece.repeat(Math.ceil(length / piece.length));

const guard = createContext({});
const script = new Script('work()');

/**
 * Returns the CPU time of this number of calls in microseconds. Measures the process, because on Linux the CPU time of
 * a thread has the resolution of the kernel's tick.
 */
async function cpuTimeOf<Input>(
  run: (input: Input) => unknown,
  input: Input,
  calls: number,
  hangMs: number,
): Promise<number> {
  guard.work = async () => {
    const before = process.cpuUsage();
    for (let call = 0; call < calls; call += 1) {
      const result = run(input);
      if (result instanceof Promise) await result;
    }
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  return script.runInContext(guard, { timeout: hangMs });
}
