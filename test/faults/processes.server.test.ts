import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../support/local-server.ts';
import { type FaultBench, type FaultWorker, openFaultBench } from './bench/bench.ts';
import { mixedPlay } from './bench/mixed-play.ts';
import { openSmallRuns, type SmallRun, type SmallRuns } from './bench/small-runs.ts';

/** Faults of worker processes. The model waits in one turn of run 1 until the test lets it answer. */
describe('runs whose process is paused, replaced or killed', () => {
  let bench: FaultBench;
  let runs: SmallRuns;
  let asked: number;
  let answer: PromiseWithResolvers<void>;
  beforeAll(async () => {
    bench = await openFaultBench({ workers: 2 });
    runs = await openSmallRuns(bench);
  });
  afterEach(() => {
    bench.team.onRequest = () => undefined;
    bench.team.perform(mixedPlay(() => undefined));
  });
  afterAll(() => bench.close());

  /** The first request of the backend waits until `answer` is resolved. Later requests are answered at once. */
  const hangOnce = () => {
    asked = 0;
    answer = Promise.withResolvers();
    const play = mixedPlay(() => undefined);
    const [line, ...rest] = play.backend ?? [];
    bench.team.perform({
      ...play,
      backend: [
        async (request) => {
          asked += 1;
          if (asked === 1) await answer.promise;
          if (typeof line !== 'function') throw new Error('A line of the mixed play is not a function');
          return line(request);
        },
        ...rest,
      ],
    });
  };
  /** Requests of the backend that contain `mark` wait for `end`. All others are answered at once. */
  const answerAfter = (end: Promise<void>, mark: string) => {
    const play = mixedPlay(() => undefined);
    const [line, ...rest] = play.backend ?? [];
    bench.team.perform({
      ...play,
      backend: [
        async (request) => {
          if (JSON.stringify(request.messages).includes(mark)) await end;
          if (typeof line !== 'function') throw new Error('A line of the mixed play is not a function');
          return line(request);
        },
        ...rest,
      ],
    });
  };
  const worksOn = async ({ child }: FaultWorker, run: SmallRun): Promise<boolean> => {
    const { rows } = await bench.pool.query<{ holder: string }>(
      'select holder from run_nodes where run_id = $1 and lease_until > now()',
      [run.id],
    );
    return rows.some(({ holder }) => holder.split('/')[1]?.startsWith(`${child.pid} `));
  };
  const holderOf = async (run: SmallRun): Promise<FaultWorker> => {
    const { rows } = await bench.pool.query<{ holder: string }>(
      'select holder from run_nodes where run_id = $1 and lease_until is not null',
      [run.id],
    );
    const pid = rows[0]?.holder.split('/')[1]?.split(' ')[0];
    const worker = bench.workers.find(({ child }) => String(child.pid) === pid);
    if (worker === undefined) throw new Error(`No worker holds a lease of ${run.id}`);
    return worker;
  };

  /** Starts run 1 and waits until its worker has asked the model. */
  const startAndHang = async () => {
    hangOnce();
    const run = await runs.start(1);
    await waitFor('the model to be asked', () => asked === 1);
    return { run, worker: await holderOf(run) };
  };
  const startAndPause = async () => {
    const { run, worker: zombie } = await startAndHang();
    zombie.isServing = false;
    zombie.pause();
    return { run, zombie };
  };
  /** Lets the model answer and the process continue, and gives the process time to write if it can. */
  const resume = async (zombie: FaultWorker) => {
    answer.resolve();
    zombie.resume();
    zombie.isServing = true;
    await sleep(1_500);
  };

  it('SIGSTOP beyond the lease, then SIGCONT: another worker goes on, and the zombie writes nothing', {
    timeout: 70_000,
  }, async () => {
    const { run, zombie } = await startAndPause();
    await bench.ended([run.id], 40_000);
    expect(asked).toBe(2);
    await resume(zombie);
    expect(await runs.differences(run)).toEqual([]);
  });

  // `npm run faults` measures the duration of a cancel.
  it('a run of a paused process can be cancelled, and stays cancelled when the process continues', {
    timeout: 70_000,
  }, async () => {
    const { run, zombie } = await startAndPause();
    const cancelled = await bench.call('POST', `/api/v1/sprints/${run.id}/cancel`, run.person);
    expect(cancelled).toMatchObject({ status: 202, body: { status: 'cancelled' } });
    await resume(zombie);
    const { rows } = await bench.pool.query(
      `select status, event_seq = (select max(seq) from run_events where run_id = id and type = 'run_cancelled') as is_last from sessions where id = $1`,
      [run.id],
    );
    expect(rows).toEqual([{ status: 'cancelled', is_last: true }]);
  });

  it('a process that is stopped while it holds the lock of a run delays the cancel of another by seconds alone', {
    timeout: 40_000,
  }, async () => {
    const { run } = await startAndHang();
    const stopped: FaultWorker[] = [];
    for (const worker of bench.workers)
      worker.watch = ({ name }) => {
        // The first process that cancels has the lock; its session is idle in its transaction from now on.
        if (name !== 'cancel_nodes' || stopped.length > 0) return undefined;
        stopped.push(worker);
        worker.isServing = false;
        worker.pause();
        return undefined;
      };
    const cancelled = await bench.call('POST', `/api/v1/sprints/${run.id}/cancel`, run.person);
    expect(stopped).toHaveLength(1);
    expect(cancelled.body).toMatchObject({ status: 'cancelled' });
    for (const worker of bench.workers) worker.watch = () => undefined;
    for (const worker of stopped) await resume(worker);
  });

  it('SIGTERM during a step: the turn is released and continues on another worker', {
    timeout: 70_000,
  }, async () => {
    const { run, worker: old } = await startAndHang();
    expect(await old.stop()).toBe(0);
    // The process released its lease before it ended.
    const { rows } = await bench.pool.query<{ holder: string }>(
      'select holder from run_nodes where run_id = $1 and lease_until is not null',
      [run.id],
    );
    expect(rows.filter(({ holder }) => holder.includes(`/${old.child.pid} `))).toEqual([]);
    await bench.ended([run.id], 40_000);
    expect(asked).toBe(2);
    expect(await runs.differences(run)).toEqual([]);
    answer.resolve();
    await old.start();
  });

  it('a step that kills its process each time fails after five counted attempts, and other runs go on', {
    timeout: 120_000,
  }, async () => {
    const kills: Promise<void>[] = [];
    let other: SmallRun | undefined;
    bench.team.onRequest = ({ role, turn, request }) => {
      if (role !== 'backend' || turn !== 0 || !JSON.stringify(request.messages).includes('[short-1]')) return;
      kills.push(
        holderOf(poison).then(async (worker) => {
          // The other run is the control: its own attempts are not to be killed with the process, five times in a row.
          await expect.poll(async () => other === undefined || (await worksOn(worker, other))).toBe(false);
          worker.kill();
          await worker.ended();
          await worker.start();
        }),
      );
    };
    const end = Promise.withResolvers<void>();
    answerAfter(end.promise, '[short-1]');
    const poison = await runs.start(1);
    other = await runs.start(2);
    await bench.ended([poison.id, other.id], 100_000);
    await Promise.all(kills);
    end.resolve();
    // An attempt that is killed before it asks the model is counted as well.
    expect(kills.length).toBeGreaterThan(1);
    expect(kills.length).toBeLessThanOrEqual(5);
    const { body } = await bench.call('GET', `/api/v1/sprints/${poison.id}`, poison.person);
    expect(body).toMatchObject({
      status: 'failed',
      error: 'backend: turn 1 was started 5 times and never finished',
      workers: [{ status: 'completed' }, { status: 'failed', attempts: 6 }, { status: 'completed' }],
    });
    expect(await runs.differences(other)).toEqual([]);
  });
});
