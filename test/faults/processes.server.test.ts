import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../support/local-server.ts';
import { type FaultBench, type FaultWorker, openFaultBench } from './bench/bench.ts';
import { mixedPlay } from './bench/mixed-play.ts';
import { openSmallRuns, type SmallRun, type SmallRuns } from './bench/small-runs.ts';

/** What happens to the processes that work; the model waits in one turn of run 1 until the test lets it answer. */
describe('runs while their process is stopped, replaced or killed by its own work', () => {
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

  /** The first question of run 1's second turn hangs until `answer` is resolved; later ones are answered. */
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
          if (typeof line !== 'function') throw new Error('a line of the mixed play is a function');
          return line(request);
        },
        ...rest,
      ],
    });
  };
  const holderOf = async (run: SmallRun): Promise<FaultWorker> => {
    const { rows } = await bench.pool.query<{ holder: string }>(
      'select holder from run_nodes where run_id = $1 and lease_until is not null',
      [run.id],
    );
    const pid = rows[0]?.holder.split('/')[1]?.split(' ')[0];
    const worker = bench.workers.find(({ child }) => String(child.pid) === pid);
    if (worker === undefined) throw new Error(`no worker holds ${run.id}`);
    return worker;
  };

  it('SIGSTOP past the lease, then SIGCONT: another goes on, and the zombie writes nothing', {
    timeout: 70_000,
  }, async () => {
    hangOnce();
    const run = await runs.start(1);
    await waitFor('the model to be asked', () => asked === 1);
    const zombie = await holderOf(run);
    zombie.isServing = false;
    zombie.pause();
    await bench.ended([run.id], 40_000);
    expect(asked).toBe(2);
    answer.resolve();
    zombie.resume();
    zombie.isServing = true;
    await sleep(1_500);
    expect(await runs.differences(run)).toEqual([]);
  });

  // The stopped process can answer nothing. How long a cancel takes, `npm run faults` measures.
  it('a run whose process is stopped is cancelled without it, and stays cancelled when the process comes back', {
    timeout: 70_000,
  }, async () => {
    hangOnce();
    const run = await runs.start(1);
    await waitFor('the model to be asked', () => asked === 1);
    const zombie = await holderOf(run);
    zombie.isServing = false;
    zombie.pause();
    const cancelled = await bench.call('POST', `/api/v1/sprints/${run.id}/cancel`, run.person);
    expect(cancelled).toMatchObject({ status: 202, body: { status: 'cancelled' } });
    answer.resolve();
    zombie.resume();
    zombie.isServing = true;
    await sleep(1_500);
    const { rows } = await bench.pool.query(
      `select status, event_seq = (select max(seq) from run_events where run_id = id and type = 'run_cancelled') as is_last from sessions where id = $1`,
      [run.id],
    );
    expect(rows).toEqual([{ status: 'cancelled', is_last: true }]);
  });

  it('SIGTERM in mid-step while the new instance serves already: the turn is given back and goes on there', {
    timeout: 70_000,
  }, async () => {
    hangOnce();
    const run = await runs.start(1);
    await waitFor('the model to be asked', () => asked === 1);
    const old = await holderOf(run);
    expect(await old.stop()).toBe(0);
    // The lease did not have to run out: the process gave it back before its end.
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

  it('a step that kills its instance each time ends as failed, with its tries counted at their start; others go on', {
    timeout: 120_000,
  }, async () => {
    const kills: Promise<void>[] = [];
    bench.team.onRequest = ({ role, turn, request }) => {
      if (role !== 'backend' || turn !== 0 || !JSON.stringify(request.messages).includes('[short-1]')) return;
      kills.push(
        holderOf(poison).then(async (worker) => {
          worker.strike();
          await worker.ended();
          await worker.start();
        }),
      );
    };
    hangOnce();
    const poison = await runs.start(1);
    answer.resolve();
    const other = await runs.start(2);
    await bench.ended([poison.id, other.id], 100_000);
    await Promise.all(kills);
    // A try that was killed before it had asked counts as well.
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
