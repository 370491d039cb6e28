import type { FaultBench, FaultPerson } from './bench.ts';
import { differences, type Outcome, outcomeOf } from './oracle.ts';
import type { Side, WireFault } from './wire/wire-proxy.ts';

/** A place in the trace of a run that nothing disturbed. */
export interface Point {
  /** The statement's number, from 0. */
  at: number;
  side: Side;
}

/** One run with one fault. */
interface Trial extends Point {
  person: FaultPerson;
  seen: number;
  isStruck: boolean;
}

export interface FaultFree {
  /** The names of the run's statements in their order, from the request that starts it. */
  trace: string[];
  outcome: Outcome;
}

/**
 * Plays one run that nothing disturbs: neither a sweeper, which on a slow machine takes a turn that goes on for one that stalled, nor what a process does once,
 * when its first run loads its modules and opens its connections.
 */
export async function playUndisturbed(bench: FaultBench): Promise<FaultFree> {
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
 * Where an end makes a difference: before each statement, which is the same as after the one that stands before it in the same batch, since nothing of it is
 * committed; and on both sides of what ends a transaction.
 */
export function pointsOf(trace: readonly string[], from = 0, to = trace.length): Point[] {
  return trace.slice(from, to).flatMap((name, index): Point[] => {
    const before = { at: from + index, side: 'before' } as const;
    return name === 'Sync' || name === 'commit' ? [before, { ...before, side: 'after' }] : [before];
  });
}

/**
 * Plays one run for each point, some at the same time, each of a tenant of its own, and ends its connection there once; `kill` ends the whole worker process
 * with it, whoever else it serves, and starts it again.
 * @returns what differs from the run that nothing disturbed, one line each; and how many faults struck
 */
export async function playTrials(
  bench: FaultBench,
  { trace, outcome }: FaultFree,
  points: readonly Point[],
  options: { atOnce: number; kill?: boolean; patienceMs: number },
): Promise<{ wrong: string[]; struck: number; restarts: number }> {
  const trials = await Promise.all(
    points.map(async (point): Promise<Trial> => ({ ...point, person: await bench.signIn(), seen: 0, isStruck: false })),
  );
  const byOwner = new Map(
    trials.flatMap((trial) => [
      [trial.person.subject, trial],
      [trial.person.tenantId, trial],
    ]),
  );
  const restarts: Promise<void>[] = [];
  for (const worker of bench.workers) {
    const strike = () => {
      worker.strike();
      restarts.push(worker.ended().then(() => worker.start()));
    };
    worker.watch = (statement) => {
      const fault = strikeOnce(byOwner.get(statement.owner ?? ''));
      return fault && options.kill ? { ...fault, strike } : fault;
    };
  }
  // Longer than what is on its way takes on a slow machine.
  const stopHurrying = bench.hurry(3_000);
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
  stopHurrying();
  return { wrong, struck: trials.filter(({ isStruck }) => isStruck).length, restarts: restarts.length };
}

function strikeOnce(trial: Trial | undefined): WireFault | undefined {
  if (trial === undefined || trial.isStruck) return undefined;
  trial.seen += 1;
  if (trial.seen <= trial.at) return undefined;
  trial.isStruck = true;
  return { side: trial.side };
}
