import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planFor, smallApp } from '../../support/team-script.ts';
import { asOwner, deliverAll, type HeldQueue, holdQueue, numbersOf, oneTo, openBench, type RunBench } from '../bench.ts';

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

describe('what nothing may go on with', () => {
  it('a disabled tenant: no claim is given from then on, and its runs are cancelled', async () => {
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

describe('one bad row', () => {
  it('never stops the loop: it is counted, and the next tick finds it again', async () => {
    bench.team.perform({ plan: [{ text: 'Nothing to do.' }] });
    const bad = await bench.start();
    const good = await bench.start();
    await loseAll();
    await past('rung_at', 300);
    // The older one comes first, and it breaks whoever writes to it.
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

describe('measure-engine', () => {
  const measure = async () => (await bench.server.invoke('runs-measure-engine')).body;

  it('tells the age of the oldest task that is not created and of the oldest node that does not move', async () => {
    expect(await measure()).toMatchObject({
      status: 'done',
      oldest_unsent_seconds: 0,
      oldest_stalled_seconds: 0,
      dead_letters: 0,
    });
    bench.team.perform({ plan: [{ text: 'Nothing to do.' }] });
    await bench.start();
    await past('rung_at', 500);
    await asOwner(`update outbox set created_at = now() - interval '400 seconds'`);
    const seen = await measure();
    // Both ages grow while the test looks.
    const [after] = await asOwner<{ unsent: number; stalled: number }>(
      `select (select extract(epoch from now() - min(created_at)) from outbox)::float8 as unsent,
        (select extract(epoch from now() - min(rung_at)) from run_nodes)::float8 as stalled`,
    );
    expect(seen.oldest_unsent_seconds).toBeGreaterThanOrEqual(400);
    expect(seen.oldest_unsent_seconds).toBeLessThanOrEqual(after?.unsent ?? 0);
    expect(seen.oldest_stalled_seconds).toBeGreaterThanOrEqual(500);
    expect(seen.oldest_stalled_seconds).toBeLessThanOrEqual(after?.stalled ?? 0);
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
