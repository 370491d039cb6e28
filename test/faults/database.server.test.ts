import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultBench, openFaultBench } from './bench/bench.ts';
import { type Cluster, hasPostgresPrograms, startCluster } from './bench/processes/cluster.ts';
import { openSmallRuns, type SmallRuns } from './bench/small-runs.ts';

/** Starts its own PostgreSQL server, so PostgreSQL must be installed. */
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

  it('reach the fault-free outcome when it restarts or crashes every two seconds, and some runs end in between', {
    timeout: 120_000,
  }, async () => {
    const stopSkipping = bench.skipTime(4_000);
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
    stopSkipping();
    expect(wrong).toEqual([]);
    expect(restarts).toBeGreaterThan(1);
    expect(endedMeanwhile).toBeGreaterThan(0);
  });
});
