import { createContext, Script } from 'node:vm';
import { expect } from 'vitest';

/**
 * Tells linear work from quadratic and exponential work, on any machine and however busy it is.
 *
 * `cpuGrowth` calls a function with an input of size n and with one of size 8n, and answers how many times more CPU
 * time the larger input takes: about 8 for linear work, about 64 for quadratic work, `Infinity` for work that does not
 * end. CPU time of this process is compared, not elapsed time, so other programs of the machine do not count. Each size
 * is measured several times and the least counts: garbage collection and compilation only add.
 *
 * The caller chooses n: large beside every constant bound of the code under test (a pattern that looks ahead by at most
 * 1,000 characters is quadratic below that and linear above), and so that 8n is no more than the product accepts.
 */

const FACTOR = 8;
/** Three times linear growth, and a little more than a third of quadratic growth. */
export const MOST_GROWTH = 24;

/** A batch of calls with the smaller input takes at least this long, so that the clock's resolution does not count. */
const BATCH_MICROSECONDS = 1_000;
/** Rounds are five times as many where the growth seems to be too large. */
const MOST_ROUNDS = 5;
/** Long work is measured twice only: noise is small beside it. */
const ENOUGH_MICROSECONDS = 200_000;
/** Ends work that would never end. Work that ends takes less than a second. */
const HANG_MS = 20_000;

export interface GrowthOptions {
  /** Shorter where the work is known to hang. */
  hangMs?: number;
}

/** @param run may be asynchronous; what hangs is stopped only before its first `await`. */
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

/** The error is made in the script's context, so it is no instance of this context's `Error`. */
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

/** A text of about this length that repeats one piece. */
export const repeated = (piece: string) => (length: number) => piece.repeat(Math.ceil(length / piece.length));

const guard = createContext({});
const script = new Script('work()');

/**
 * The CPU time of so many calls, in microseconds. The process's time: on Linux that of a single thread is as coarse as
 * the kernel's tick.
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
