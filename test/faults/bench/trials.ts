import type { FaultBench, FaultPerson } from './bench.ts';
import { differences, type Outcome, outcomeOf } from './oracle.ts';
import type { Side, WireFault } from './wire/wire-proxy.ts';

/** A place in the trace of the fault-free run. */
export interface Point {
  /** Number of the statement, from 0. */
  at: number;
  side: Side;
}

/** One run with one fault. */
interface Trial extends Point {
  person: FaultPerson;
  seen: number;
  isInjected: boolean;
}

export interface FaultFree {
  /** Names of the run's statements in order, from the request that starts the run. */
  trace: string[];
  outcome: Outcome;
}

/**
 * Plays one run without faults. The sweepers are stopped, because on a slow machine they could take a running turn for
 * a stalled one. Every worker has played a run before, so that loading modules and opening connections is not part of
 * the trace.
 */
export async function playFaultFree(bench: FaultBench): Promise<FaultFree> {
  await Promise.all(bench.workers.map(() => play(bench)));
  const { copies } = bench.clock;
  bench.clock.copies = 0;
  const faultFree = await play(bench);
  bench.clock.copies = copies;
  return faultFree;
}

async function play(bench: FaultBench): Promise<FaultFree> {
  const person = await bench.signIn();
  const trace: string[] = [];
  for (const worker of bench.workers) {
    worker.watch = ({ owner, name }) => {
      if (owner === person.subject || owner === person.tenantId) trace.push(name);
      return undefined;
    };
  }
  const id = await bench.start(person);
  await bench.ended([id], 30_000);
  for (const worker of bench.workers) worker.watch = () => undefined;
  return { trace, outcome: await outcomeOf(bench.pool, id) };
}

/**
 * Returns the places where a fault makes a difference: before each statement, and after each statement that ends a
 * transaction. After any other statement is the same as before the next one, because nothing is committed in between.
 */
export function pointsOf(trace: readonly string[], from = 0, to = trace.length): Point[] {
  return trace.slice(from, to).flatMap((name, index): Point[] => {
    const before = { at: from + index, side: 'before' } as const;
    return name === 'Sync' || name === 'commit' ? [before, { ...before, side: 'after' }] : [before];
  });
}

/**
 * Plays one run for each point, with limited concurrency and a new tenant each, and cuts its connection at the point
 * once. With `kill`, the whole worker process is killed instead and started again.
 * @returns a line for each difference from the fault-free run, and the number of injected faults
 */
export async function playTrials(
  bench: FaultBench,
  { trace, outcome }: FaultFree,
  points: readonly Point[],
  options: { atOnce: number; kill?: boolean; patienceMs: number },
): Promise<{ wrong: string[]; injected: number; restarts: number }> {
  const trials = await Promise.all(
    points.map(
      async (point): Promise<Trial> => ({ ...point, person: await bench.signIn(), seen: 0, isInjected: false }),
    ),
  );
  const byOwner = new Map(
    trials.flatMap((trial) => [
      [trial.person.subject, trial],
      [trial.person.tenantId, trial],
    ]),
  );
  const restarts: Promise<void>[] = [];
  for (const worker of bench.workers) {
    const action = () => {
      worker.kill();
      restarts.push(worker.ended().then(() => worker.start()));
    };
    worker.watch = (statement) => {
      const fault = faultOnce(byOwner.get(statement.owner ?? ''));
      return fault && options.kill ? { ...fault, action } : fault;
    };
  }
  // Longer than a delivery takes on a slow machine.
  const stopSkipping = bench.skipTime(3_000);
  const wrong: string[] = [];
  let next = 0;
  const lane = async () => {
    for (let trial = trials[next++]; trial; trial = trials[next++]) {
      const place = `${trial.side} ${trial.at} ${trace[trial.at]}`;
      const id = await bench.start(trial.person);
      const stuck = await bench.ended([id], options.patienceMs).then(
        () => [],
        (error: Error) => [error.message],
      );
      const lines = stuck.length > 0 ? stuck : differences(await outcomeOf(bench.pool, id), outcome);
      wrong.push(...lines.map((line) => `${place}: ${line}`));
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, lane));
  await Promise.all(restarts);
  stopSkipping();
  return { wrong, injected: trials.filter(({ isInjected }) => isInjected).length, restarts: restarts.length };
}

function faultOnce(trial: Trial | undefined): WireFault | undefined {
  if (trial === undefined || trial.isInjected) return undefined;
  trial.seen += 1;
  if (trial.seen <= trial.at) return undefined;
  trial.isInjected = true;
  return { side: trial.side };
}
