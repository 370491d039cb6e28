import type { FaultBench, FaultPerson } from './bench.ts';
import { mixedPlay, taskOf, withoutMark } from './mixed-play.ts';
import { differences, type Outcome, outcomeOf } from './oracle.ts';

/** Short sprints, each of a new user, which are compared with a fault-free sprint. */
export interface SmallRuns {
  faultFree: Outcome;
  /** Starts a sprint. The number is part of its mark. */
  start(number: number): Promise<SmallRun>;
  /** Starts sprints with the numbers from 1 and waits for their ends. Returns a line for each difference. */
  play(count: number): Promise<string[]>;
  /** Returns a line for each difference of an ended run. */
  differences(run: SmallRun): Promise<string[]>;
}

export interface SmallRun {
  id: string;
  number: number;
  person: FaultPerson;
}

const PATIENCE_MS = 60_000;

export async function openSmallRuns(bench: FaultBench): Promise<SmallRuns> {
  bench.team.perform(mixedPlay(() => undefined));
  const start = async (number: number): Promise<SmallRun> => {
    const person = await bench.signIn();
    const id = await bench.start(person, { task: taskOf('short', number), team: ['backend'] });
    return { id, number, person };
  };
  const outcome = (id: string) => outcomeOf(bench.pool, id, withoutMark);
  const first = await start(0);
  await bench.ended([first.id], PATIENCE_MS);
  const faultFree = await outcome(first.id);
  const runs: SmallRuns = {
    faultFree,
    start,
    play: async (count) => {
      const started = await Promise.all(Array.from({ length: count }, (_, index) => start(index + 1)));
      await bench.ended(
        started.map(({ id }) => id),
        PATIENCE_MS,
      );
      return (await Promise.all(started.map(runs.differences))).flat();
    },
    differences: async ({ id, number }) =>
      differences(await outcome(id), faultFree).map((line) => `run ${number}: ${line}`),
  };
  return runs;
}
