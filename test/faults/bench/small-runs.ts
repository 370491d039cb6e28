import type { FaultBench, FaultPerson } from './bench.ts';
import { mixedPlay, taskOf, withoutMark } from './mixed-play.ts';
import { differences, type Outcome, outcomeOf } from './oracle.ts';

/** Short sprints of people of their own, each compared with the one that nothing disturbed. */
export interface SmallRuns {
  faultFree: Outcome;
  /** Starts one; the number is in the mark of what its model is asked. */
  start(number: number): Promise<SmallRun>;
  /** Starts so many, numbered from 1, and waits for their ends; answers where they differ, one line each. */
  play(count: number): Promise<string[]>;
  /** Where an ended run differs. */
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
