import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultBench, openFaultBench } from './bench/bench.ts';
import { type Cluster, hasPostgresPrograms, startCluster } from './bench/processes/cluster.ts';
import { openSmallRuns, type SmallRuns } from './bench/small-runs.ts';

/** Needs a PostgreSQL of its own to restart: its programs must be on this machine. */
describe.skipIf(!hasPostgresPrograms)('runs while Postgres is restarted', () => {
  let cluster: Cluster;
  let bench: FaultBench;
  let runs: SmallRuns;
  beforeAll(async () => {
    cluster = await startCluster();
    bench = await openFaultBench({ workers: 2, databaseUrl: cluster.url, leaseSeconds: 6 });
    runs = await openSmallRuns(bench);
  }, 90_000);
  afterAll(async () => {
    await bench.close();
    await cluster.close();
  });

  it('every two seconds, in order or by a crash: each run ends as if nothing had been, and some while it lasts', {
    timeout: 120_000,
  }, async () => {
    const stopHurrying = bench.hurry(4_000);
    let isOver = false;
    let restarts = 0;
    let endedMeanwhile = 0;
    const restarting = (async () => {
      for (; !isOver && restarts < 6; restarts += 1) {
        await sleep(2_000);
        await cluster.restart(restarts % 2 === 0 ? 'immediate' : 'fast');
      }
    })();
    const wrong: string[] = [];
    const lane = async (number: number) => {
      for (let round = 0; round < 6; round += 1) {
        const run = await runs.start(number * 10 + round);
        await bench.ended([run.id], 90_000);
        if (restarts < 6) endedMeanwhile += 1;
        wrong.push(...(await runs.differences(run)));
      }
    };
    await Promise.all([1, 2, 3, 4].map(lane)).finally(() => {
      isOver = true;
    });
    await restarting;
    stopHurrying();
    expect(wrong).toEqual([]);
    expect(restarts).toBeGreaterThan(1);
    expect(endedMeanwhile).toBeGreaterThan(0);
  });
});
