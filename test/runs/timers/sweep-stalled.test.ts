import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planFor, smallApp } from '../../support/team-script.ts';
import {
  asOwner,
  deliverAll,
  type HeldQueue,
  holdQueue,
  numbersOf,
  oneTo,
  openBench,
  type RunBench,
} from '../bench.ts';

/** The queue holds the tasks, and the tests lose them on purpose. */
let bench: RunBench;
let queue: HeldQueue;
beforeAll(async () => {
  bench = await openBench();
});
beforeEach(() => {
  queue = holdQueue();
});
afterEach(async () => {
  // The next test must not sweep the rows of this one.
  await asOwner(`delete from sessions`);
  await asOwner(`delete from outbox`);
});
afterAll(() => bench.close());

const sweep = async () => (await bench.server.invoke('runs-sweep-stalled')).body;
const deliver = (task: { step: string; payload: unknown }) => bench.server.invoke(task.step, task.payload);
async function loseAll(): Promise<void> {
  queue.tasks.length = 0;
  await asOwner('delete from outbox');
}
const past = (column: string, seconds = 120) =>
  asOwner(`update run_nodes set ${column} = now() - make_interval(secs => ${seconds}) where ${column} is not null`);
const QUIET = {
  status: 'done',
  lease_expired: 0,
  wake_up_missed: 0,
  task_lost: 0,
  unsettled_runs: 0,
  doomed_runs: 0,
  failed: 0,
};

async function completes(id: string): Promise<void> {
  await deliverAll(bench, queue);
  expect((await bench.sprint(id)).status).toBe('completed');
  const lines = await bench.logs(id);
  expect(numbersOf(lines)).toEqual(oneTo(lines.length));
  expect(await sweep()).toEqual(QUIET);
}

describe('sweep-stalled', () => {
  it('leaves nodes alone that are not late', async () => {
    bench.team.perform(smallApp());
    const id = await bench.start();
    expect(await sweep()).toEqual(QUIET);
    await deliver(await queue.take('runs-take-turn'));
    expect(await sweep()).toEqual(QUIET);
    await completes(id);
  });

  it('enqueues a node again whose task was lost, at each point of a run', async () => {
    bench.team.perform(smallApp());
    const id = await bench.start();
    for (let lost = 0; lost < 3; lost += 1) {
      await loseAll();
      await past('rung_at');
      expect(await sweep()).toEqual({ ...QUIET, task_lost: 1 });
      await deliver(await queue.take('runs-take-turn'));
      if (queue.tasks.some(({ step }) => step === 'runs-settle-run')) break;
    }
    await completes(id);
  });

  it('enqueues a node again whose wake-up was missed', async () => {
    bench.team.perform({ plan: planFor('backend') });
    const id = await bench.start();
    await loseAll();
    await asOwner(`update run_nodes set wake_at = now() + interval '1 minute' where run_id = $1 and name = 'plan'`, [
      id,
    ]);
    await past('rung_at');
    expect(await sweep()).toEqual(QUIET);
    await past('wake_at');
    expect(await sweep()).toEqual({ ...QUIET, wake_up_missed: 1 });
    await completes(id);
  });

  it('enqueues a node again whose worker died with its lease, and no recorded turn is asked again', async () => {
    bench.team.perform({ ...smallApp(), plan: planFor('backend') });
    const id = await bench.start();
    await deliver(await queue.take('runs-take-turn'));
    // The state that a process leaves when it dies right after its claim.
    await loseAll();
    await asOwner(
      `update run_nodes set status = 'running', fence = fence + 1, attempts = attempts + 1, lease_until = now() - interval '1 second' where run_id = $1 and name = 'plan'`,
      [id],
    );
    expect(await sweep()).toEqual({ ...QUIET, lease_expired: 1 });
    await completes(id);
    expect(bench.team.of('plan', 0)).toHaveLength(1);
    expect(bench.team.of('plan', 1)).toHaveLength(1);
  });

  it('enqueues the settling of a run again when it was lost', async () => {
    bench.team.perform({ plan: planFor('backend') });
    const id = await bench.start();
    await deliver(await queue.take('runs-take-turn'));
    await loseAll();
    expect(await sweep()).toEqual(QUIET);
    await past('completed_at');
    await asOwner(`update sessions set created_at = now() - interval '2 minutes' where id = $1`, [id]);
    expect(await sweep()).toEqual({ ...QUIET, unsettled_runs: 1 });
    await completes(id);
  });

  it('enqueues a node once in five concurrent sweeps', async () => {
    bench.team.perform({ plan: planFor('backend') });
    const id = await bench.start();
    await loseAll();
    await past('rung_at');
    const counts = await Promise.all(oneTo(5).map(sweep));
    expect(counts.reduce((sum, { task_lost }) => sum + task_lost, 0)).toBe(1);
    expect(queue.tasks).toHaveLength(1);
    await completes(id);
  });

  it('leaves cancelled and ended runs alone', async () => {
    bench.team.perform({ plan: planFor('backend') });
    const id = await bench.start();
    await bench.server.call('POST', `/api/v1/sprints/${id}/cancel`, { token: bench.person.token });
    await past('rung_at');
    await past('completed_at');
    await asOwner(`update sessions set created_at = now() - interval '2 minutes' where id = $1`, [id]);
    expect(await sweep()).toEqual(QUIET);
  });
});

describe('runs that cannot continue', () => {
  it('cancels the runs of a disabled tenant, whose nodes cannot be claimed any more', async () => {
    const person = await bench.server.signUp();
    bench.team.perform({ plan: planFor('backend') });
    const id = await bench.start({}, person);
    const task = await queue.take('runs-take-turn');
    await asOwner('update tenants set disabled_at = now() where id = $1', [person.tenantId]);
    expect((await deliver(task)).body).toEqual({ status: 'done' });
    expect(bench.team.asked).toEqual([]);
    expect(await sweep()).toEqual({ ...QUIET, doomed_runs: 1 });
    expect(await sweep()).toEqual(QUIET);
    expect(await asOwner('select status from sessions where id = $1', [id])).toEqual([{ status: 'cancelled' }]);
    await asOwner('update tenants set disabled_at = null where id = $1', [person.tenantId]);
    expect(numbersOf(await bench.logs(id, person))).toEqual([1, 2]);
  });
});

describe('a row that fails', () => {
  it('is counted, does not stop the loop, and is found again by the next sweep', async () => {
    bench.team.perform({ plan: planFor('backend') });
    const bad = await bench.start();
    const good = await bench.start();
    await loseAll();
    await past('rung_at', 300);
    // The failing node is the oldest, so it is swept first.
    await asOwner(
      `update run_nodes set rung_at = rung_at - interval '1 hour' where run_id = $1 and rung_at is not null`,
      [bad],
    );
    await asOwner(`create function test_break() returns trigger language plpgsql as $$ begin
      if new.run_id = '${bad}' then raise exception 'a bad row'; end if; return new; end $$`);
    await asOwner('create trigger test_break before update on run_nodes for each row execute function test_break()');
    expect(await sweep()).toEqual({ ...QUIET, task_lost: 1, failed: 1 });
    expect(queue.tasks).toHaveLength(1);
    expect(JSON.stringify(queue.tasks)).toContain(good);
    await asOwner('drop trigger test_break on run_nodes');
    await asOwner('drop function test_break()');
    expect(await sweep()).toEqual({ ...QUIET, task_lost: 1 });
    await deliverAll(bench, queue);
    expect((await bench.sprint(bad)).status).toBe('completed');
  });
});
