import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planFor, smallApp } from '../support/team-script.ts';
import { asOwner, deliverAll, type HeldQueue, holdQueue, numbersOf, oneTo, openBench, type RunBench } from './bench.ts';

/** Tasks are lost here on purpose: the queue keeps them, and a test throws them away. */
let bench: RunBench;
let queue: HeldQueue;
beforeAll(async () => {
  bench = await openBench();
});
beforeEach(() => {
  queue = holdQueue();
});
afterEach(async () => {
  // What a test left unfinished must not be swept in the next.
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
  it('leaves alone what is merely on its way', async () => {
    bench.team.perform(smallApp());
    const id = await bench.start();
    expect(await sweep()).toEqual(QUIET);
    await deliver(await queue.take('runs-take-turn'));
    expect(await sweep()).toEqual(QUIET);
    await completes(id);
  });

  it('rings a node whose task never came, at each point of a run', async () => {
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

  it('rings a node whose wake-up was missed', async () => {
    bench.team.perform({ plan: [{ text: 'Nothing to do.' }] });
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

  it('rings a node whose worker died with its lease, and what it had recorded counts', async () => {
    bench.team.perform({ ...smallApp(), plan: planFor('backend') });
    const id = await bench.start();
    await deliver(await queue.take('runs-take-turn'));
    // As a process leaves it that dies right after its claim.
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

  it('settles a run whose settling was lost', async () => {
    bench.team.perform({ plan: [{ text: 'Nothing to do.' }] });
    const id = await bench.start();
    await deliver(await queue.take('runs-take-turn'));
    await loseAll();
    expect(await sweep()).toEqual(QUIET);
    await past('completed_at');
    await asOwner(`update sessions set created_at = now() - interval '2 minutes' where id = $1`, [id]);
    expect(await sweep()).toEqual({ ...QUIET, unsettled_runs: 1 });
    await completes(id);
  });

  it('twice at the same time rings once', async () => {
    bench.team.perform({ plan: [{ text: 'Nothing to do.' }] });
    const id = await bench.start();
    await loseAll();
    await past('rung_at');
    const counts = await Promise.all(oneTo(5).map(sweep));
    expect(counts.reduce((sum, { task_lost }) => sum + task_lost, 0)).toBe(1);
    expect(queue.tasks).toHaveLength(1);
    await completes(id);
  });

  it('does not ring what was cancelled or has ended', async () => {
    bench.team.perform({ plan: planFor('backend') });
    const id = await bench.start();
    await bench.server.call('POST', `/api/v1/sprints/${id}/cancel`, { token: bench.person.token });
    await past('rung_at');
    await past('completed_at');
    await asOwner(`update sessions set created_at = now() - interval '2 minutes' where id = $1`, [id]);
    expect(await sweep()).toEqual(QUIET);
  });
});

describe('sweep-outbox', () => {
  it('creates the tasks that were written down and never created, once', async () => {
    bench.team.perform({ plan: [{ text: 'Nothing to do.' }] });
    const id = await bench.start();
    queue.tasks.length = 0;
    expect((await bench.server.invoke('runs-sweep-outbox')).body).toEqual({ status: 'done', unsent_tasks: 0 });
    await asOwner(`update outbox set created_at = now() - interval '2 minutes'`);
    const counts = await Promise.all(
      oneTo(3).map(async () => (await bench.server.invoke('runs-sweep-outbox')).body.unsent_tasks),
    );
    expect(counts.toSorted()).toEqual([0, 0, 1]);
    expect(queue.tasks.map(({ step }) => step)).toEqual(['runs-take-turn']);
    await completes(id);
  });

  it('a backlog larger than a batch is created whole', async () => {
    await asOwner(
      `insert into outbox (tenant_id, task_name, queue, step, payload, created_at)
      select $1, 'backlog-' || n, 'control', 'runs-settle-run', '{}', now() - interval '2 minutes' from generate_series(1, 450) n`,
      [bench.person.tenantId],
    );
    expect((await bench.server.invoke('runs-sweep-outbox')).body.unsent_tasks).toBe(450);
    expect(new Set(queue.tasks.map(({ name }) => name)).size).toBe(450);
  });
});
