import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ENGINE_VERSION } from '../../functions/runs/engine-version.ts';
import { hasEnded, RunStatus } from '../../functions/runs/run.ts';
import { planFor } from '../support/team-script.ts';
import { asOwner, deliverAll, type HeldQueue, holdQueue, numbersOf, oneTo, openBench, type RunBench } from './bench.ts';
import { listFixtures, loadFixture } from './fixtures/load-fixture.ts';

let bench: RunBench;
let queue: HeldQueue;
beforeAll(async () => {
  bench = await openBench();
});
beforeEach(() => {
  queue = holdQueue();
});
afterEach(() => asOwner('delete from sessions').then(() => asOwner('delete from outbox')));
afterAll(() => bench.close());

const sweep = async () => (await bench.server.invoke('runs-sweep-stalled')).body;
const rowsOf = (id: string) =>
  asOwner(
    `select to_jsonb(s) as run, (select jsonb_agg(to_jsonb(n) order by n.id) from run_nodes n where n.run_id = s.id) as nodes from sessions s where s.id = $1`,
    [id],
  );
const makeOld = async (id: string) => {
  await asOwner(
    `update run_nodes set rung_at = rung_at - interval '5 minutes', completed_at = completed_at - interval '5 minutes' where run_id = $1`,
    [id],
  );
  await asOwner(`update sessions set created_at = created_at - interval '5 minutes' where id = $1`, [id]);
};

it('has fixtures for every state in which a deployment may find a run', () => {
  expect(listFixtures()).toEqual([
    'cancelled',
    'completed',
    'cost-exceeded',
    'lease-expired',
    'open-calls',
    'queued',
    'settling-lost',
    'waiting-for-mail',
  ]);
});

describe('a stored run of engine 1', () => {
  it.each(listFixtures())('%s: is completed, or does not change when it had ended', async (name) => {
    bench.team.perform({});
    const id = await loadFixture(name);
    const status = async () =>
      RunStatus.parse((await asOwner('select status from sessions where id = $1', [id]))[0]?.status);
    const statusBefore = await status();
    await makeOld(id);
    for (let tick = 0; tick < 5; tick += 1) {
      await asOwner(`update run_nodes set wake_at = now() - interval '2 minutes' where wake_at is not null`);
      await asOwner(`update outbox set created_at = now() - interval '5 minutes', not_before = null`);
      await bench.server.invoke('runs-sweep-outbox');
      expect(await sweep()).toMatchObject({ failed: 0 });
      await deliverAll(bench, queue);
    }
    if (hasEnded(statusBefore)) {
      expect(await status()).toBe(statusBefore);
      expect(bench.team.asked.filter(({ role }) => role !== 'memory')).toEqual([]);
      return;
    }
    expect(await status()).toBe('completed');
    const events = await asOwner<{ seq: number }>('select seq from run_events where run_id = $1 order by seq', [id]);
    expect(numbersOf(events)).toEqual(oneTo(events.length));
  });
});

describe('a run of another engine version', () => {
  it.each([
    ['newer', ENGINE_VERSION + 1, 'later'],
    ['older', ENGINE_VERSION - 1, 'done'],
  ])('%s: is not claimed, settled or swept, and its own engine continues it', async (_, version, answer) => {
    bench.team.perform({ plan: planFor('backend') });
    const id = await bench.start();
    const turn = await queue.take('runs-take-turn');
    await asOwner('update sessions set engine_version = $2 where id = $1', [id, version]);
    await makeOld(id);
    const before = await rowsOf(id);
    expect((await bench.server.invoke(turn.step, turn.payload)).body).toEqual({ status: answer });
    const settling = { tenant_id: bench.person.tenantId, run_id: id };
    expect((await bench.server.invoke('runs-settle-run', settling)).body).toEqual({ status: answer });
    expect(await sweep()).toMatchObject({ task_lost: 0, unsettled_runs: 0, doomed_runs: 0, failed: 0 });
    expect(await rowsOf(id)).toEqual(before);
    expect(bench.team.asked).toEqual([]);

    await asOwner('update sessions set engine_version = $2 where id = $1', [id, ENGINE_VERSION]);
    await bench.server.invoke(turn.step, turn.payload);
    queue.tasks.splice(0, queue.tasks.length, ...queue.tasks.filter(({ step }) => step === 'runs-settle-run'));
    await deliverAll(bench, queue);
    expect((await bench.sprint(id)).status).toBe('completed');
  });
});
