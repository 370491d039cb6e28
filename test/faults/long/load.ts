import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultBench, FaultPerson } from '../bench/bench.ts';
import { type Kind, taskOf } from '../bench/mixed-play.ts';
import type { Setting } from './settings.ts';

/** An accepted run. */
export interface LoadedRun {
  id: string;
  kind: Kind;
  /** True when the run was cancelled before its end. */
  isCancelled: boolean;
}

export interface Load {
  runs: LoadedRun[];
  /** Durations of cancel requests in seconds. */
  cancelSeconds: number[];
  /** Requests without a 2xx answer. */
  refused: string[];
}

const TENANTS = 60;

/** Starts runs of many tenants with limited concurrency and cancels some. Resolves when all have ended or are stuck. */
export async function startLoad(
  bench: FaultBench,
  setting: Setting,
  random: () => number,
  progress: { started: number; ended: number },
  signal: AbortSignal,
): Promise<Load> {
  const people = await Promise.all(Array.from({ length: TENANTS }, () => bench.signIn()));
  await bench.pool.query('update tenants set max_concurrent_sprints = 1000');
  const load: Load = { runs: [], cancelSeconds: [], refused: [] };
  let number = 0;
  const lane = async () => {
    while (number < setting.runs && !signal.aborted) {
      number += 1;
      const own = number;
      progress.started = number;
      const person = people[own % people.length];
      if (person === undefined) return;
      await playOne(bench, person, own, { setting, random, load, signal }).catch(
        (error: unknown) => void load.refused.push(`run ${own}: ${error}`),
      );
      progress.ended += 1;
    }
  };
  await Promise.all(Array.from({ length: setting.atOnce }, lane));
  return load;
}

async function playOne(
  bench: FaultBench,
  person: FaultPerson,
  number: number,
  { setting, random, load, signal }: { setting: Setting; random: () => number; load: Load; signal: AbortSignal },
): Promise<void> {
  const kind: Kind = random() < 0.4 ? 'team' : 'short';
  const team = kind === 'team' ? ['backend', 'frontend'] : ['backend'];
  const id = await bench.start(person, { task: taskOf(kind, number), team });
  const run: LoadedRun = { id, kind, isCancelled: false };
  load.runs.push(run);
  if (random() < setting.cancelled) {
    await sleep(random() * 4_000);
    const since = performance.now();
    const answer = await bench.call('POST', `/api/v1/sprints/${id}/cancel`, person);
    load.cancelSeconds.push((performance.now() - since) / 1_000);
    run.isCancelled = answer.body.status === 'cancelled';
    if (answer.status !== 200 && answer.status !== 202) load.refused.push(`cancel ${id}: ${answer.status}`);
  }
  // The verdict finds stuck runs. After some minutes the next run is started in their place.
  await bench.ended([id], 240_000, signal).catch(() => undefined);
}
