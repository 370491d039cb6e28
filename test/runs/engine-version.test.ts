import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ENGINE_VERSION, hasEnded, OLDEST_ENGINE_VERSION, RunStatus } from '../../functions/runs/run.ts';
import { call, type Play, planFor, write } from '../support/team-script.ts';
import { asOwner, deliverAll, type HeldQueue, holdQueue, numbersOf, oneTo, openBench, type RunBench } from './bench.ts';
import { hasFixtures, listFixtures, loadFixture, writeFixture } from './fixtures/load-fixture.ts';

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
const measures = async () => (await bench.server.invoke('runs-measure-engine')).body;
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

/** The states that a deployment may meet; each play is stopped there. */
const STATES: Record<string, () => Promise<string>> = {
  queued: async () => {
    bench.team.perform({});
    return bench.start();
  },
  'open-calls': async () => {
    const id = await startedBackend([
      { text: '', toolCalls: [write('a.txt', 'a'), call('list_files')] },
      { text: 'Done.' },
    ]);
    await turnOf(id, 'backend');
    // As an instance leaves it that dies after it recorded the answer and before the first call was done.
    await asOwner(
      `update tool_calls set status = 'started', output = null, attempts = 0, completed_at = null where run_id = $1 and name in ('write_file', 'list_files')`,
      [id],
    );
    await asOwner('delete from run_files where run_id = $1', [id]);
    return killed(id, 'backend');
  },
  'waiting-for-mail': async () => {
    // Somebody else is still at work: a worker that is alone does not wait.
    const id = await startedBackend(
      [{ text: '', toolCalls: [call('read_messages', { wait_seconds: 600 })] }, { text: 'Done.' }],
      ['backend', 'frontend'],
    );
    await turnOf(id, 'backend');
    return id;
  },
  'lease-expired': async () => killed(await startedBackend([{ text: 'Done.' }]), 'backend'),
  'settling-lost': async () => {
    bench.team.perform({ plan: [{ text: 'Nothing to do.' }] });
    const id = await bench.start();
    await turnOf(id, 'plan');
    queue.tasks.length = 0;
    await asOwner('delete from outbox');
    return id;
  },
  completed: async () => {
    bench.team.perform({ plan: planFor('backend'), backend: [{ text: 'Done.' }] });
    const id = await bench.start();
    await deliverAll(bench, queue);
    return id;
  },
  cancelled: async () => {
    bench.team.perform({ plan: planFor('backend') });
    const id = await bench.start();
    await bench.server.call('POST', `/api/v1/sprints/${id}/cancel`, { token: bench.person.token });
    return id;
  },
  'cost-exceeded': async () => {
    bench.team.perform({});
    const id = await bench.start({ budget_usd: 0.000001 });
    await deliverAll(bench, queue);
    return id;
  },
};

/** Delivers the one task of this node that is waiting. */
async function turnOf(runId: string, name: string): Promise<void> {
  const [node] = await asOwner('select id from run_nodes where run_id = $1 and name = $2', [runId, name]);
  const index = queue.tasks.findIndex(({ payload }) => JSON.stringify(payload).includes(String(node?.id)));
  const [task] = queue.tasks.splice(index, 1);
  if (index < 0 || task === undefined) throw new Error(`${name} was never rung`);
  await bench.server.invoke(task.step, task.payload);
}

async function startedBackend(
  lines: NonNullable<Play['backend']>,
  team: readonly string[] = ['backend'],
): Promise<string> {
  bench.team.perform({ plan: planFor(...team), backend: lines });
  const id = await bench.start({ team, budget_usd: 5 });
  for (;;) {
    const index = queue.tasks.findIndex(({ step }) => step === 'runs-settle-run');
    const task = index < 0 ? queue.tasks.shift() : queue.tasks.splice(index, 1)[0];
    if (task === undefined) throw new Error('The backend was never rung');
    await bench.server.invoke(task.step, task.payload);
    if (task.step === 'runs-settle-run') return id;
  }
}

/** The node as an instance leaves it that died in the middle of a claim. */
async function killed(id: string, name: string): Promise<string> {
  queue.tasks.length = 0;
  await asOwner('delete from outbox');
  await asOwner(
    `update run_nodes set status = 'running', fence = fence + 1, attempts = 1, lease_until = now() - interval '1 second', holder = 'gone/1 1',
      wake_at = null where run_id = $1 and name = $2`,
    [id, name],
  );
  return id;
}

describe(`fixtures of engine ${ENGINE_VERSION} and of the one before`, () => {
  it('are there for this version: a new one writes its own, which are committed, and no old one is ever written again', async () => {
    const wereThere = hasFixtures(ENGINE_VERSION);
    if (!wereThere)
      for (const [name, play] of Object.entries(STATES)) {
        await writeFixture(ENGINE_VERSION, name, await play());
        queue.tasks.length = 0;
        await asOwner('delete from sessions');
        await asOwner('delete from outbox');
      }
    expect(listFixtures(ENGINE_VERSION)).toEqual(Object.keys(STATES).toSorted());
    expect(wereThere, 'the fixtures of this engine were just written: commit them').toBe(true);
  }, 60_000);

  const versions = [...new Set([OLDEST_ENGINE_VERSION, ENGINE_VERSION])];
  it.each(versions.flatMap((version) => listFixtures(version).map((name) => [version, name] as const)))(
    'engine %i, %s: this engine finishes it, or leaves alone what had ended',
    async (version, name) => {
      bench.team.perform({});
      const id = await loadFixture(version, name);
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
    },
  );
});

describe('a run of another engine', () => {
  it.each([
    ['newer', ENGINE_VERSION + 1, 'later'],
    ['too old', OLDEST_ENGINE_VERSION - 1, 'done'],
  ])('%s: no claim, no settling and no sweep touches it, and it is counted', async (_, version, answer) => {
    bench.team.perform({ plan: [{ text: 'Nothing to do.' }] });
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
    expect(await measures()).toMatchObject({ foreign_engine_runs: 1 });
    expect(bench.team.asked).toEqual([]);

    // The engine that it belongs to goes on with the very same task.
    await asOwner('update sessions set engine_version = $2 where id = $1', [id, ENGINE_VERSION]);
    await bench.server.invoke(turn.step, turn.payload);
    queue.tasks.splice(0, queue.tasks.length, ...queue.tasks.filter(({ step }) => step === 'runs-settle-run'));
    await deliverAll(bench, queue);
    expect((await bench.sprint(id)).status).toBe('completed');
    expect(await measures()).toMatchObject({ foreign_engine_runs: 0 });
  });
});
