import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../../functions/platform/environment.ts';
import { useQueue } from '../../../functions/platform/queue/open-queue.ts';
import { hasSandbox } from '../../support/bubblewrap.ts';
import { call, planFor, smallApp } from '../../support/team-script.ts';
import { asOwner, expectCancelled, holdQueue, oneTo, openBench, type RunBench, waitFor } from '../bench.ts';
import { describeRefusals } from './refusals.ts';

let bench: RunBench;
beforeAll(async () => {
  // Enough connections for every concurrent transaction.
  environment.DB_POOL_MAX = 30;
  bench = await openBench();
});
afterEach(() => useQueue(bench.server.queue));
afterAll(() => bench.close());

const cancel = (id: string) => bench.server.call('POST', `/api/v1/sprints/${id}/cancel`, { token: bench.person.token });

/**
 * Cancels a sprint. Expects that the answer already shows the cancelled sprint, although models hang and commands sleep
 * for longer than the test may take, and that no later task changes it. `npm run faults` measures how long a
 * cancellation takes.
 */
async function cancelForGood(id: string): Promise<void> {
  const answer = await cancel(id);
  expect(answer.status).toBe(202);
  expect(answer.body.status).toBe('cancelled');
  await staysCancelled(id);
}

const staysCancelled = (id: string) => expectCancelled(bench, id);

const slow = { text: 'I think', chunks: ['I ', 'think ', 'about it'], silentAfter: 2 };

describe('cancel', () => {
  it('cancels a queued sprint; its task arrives later and does nothing', async () => {
    const queue = holdQueue();
    bench.team.perform(smallApp());
    const id = await bench.start();
    expect((await bench.sprint(id)).status).toBe('queued');
    await cancelForGood(id);
    for (const task of queue.tasks) expect((await bench.server.invoke(task.step, task.payload)).status).toBe(200);
    expect(bench.team.asked).toEqual([]);
    await staysCancelled(id);
  });

  it('cancels while a hanging model writes the plan, and cuts the model call', async () => {
    bench.team.perform({ plan: [slow] });
    const id = await bench.start();
    await waitFor('the model to be asked', () => bench.team.of('plan').length === 1);
    await cancelForGood(id);
    await waitFor('the connection to be closed', () => bench.team.of('plan')[0]?.request.isAborted);
    expect(bench.team.asked).toHaveLength(1);
    await staysCancelled(id);
  });

  it('cancels while two workers work, and stops both', async () => {
    bench.team.perform({ plan: planFor('backend', 'frontend'), backend: [slow], frontend: [slow] });
    const id = await bench.start();
    await waitFor('both to be asked', () => bench.team.of('backend').length + bench.team.of('frontend').length === 2);
    await cancelForGood(id);
    await waitFor('both connections to be closed', () =>
      [...bench.team.of('backend'), ...bench.team.of('frontend')].every(({ request }) => request.isAborted),
    );
    await staysCancelled(id);
  });

  it.skipIf(!hasSandbox)('cancels while a command runs, and kills its processes', async () => {
    const seconds = `6${Date.now() % 1_000_000}`;
    bench.team.perform({
      plan: planFor('backend'),
      backend: [{ text: '', toolCalls: [call('run_command', { command: `sleep ${seconds}` })] }, { text: 'Done.' }],
    });
    const id = await bench.start();
    await waitFor('the command to run', () => processesWith(seconds) > 0);
    await cancelForGood(id);
    await waitFor('the command to be gone', () => processesWith(seconds) === 0);
    await staysCancelled(id);
    expect(bench.team.of('backend', 1)).toEqual([]);
  });

  it('cancels while a worker waits for a message', async () => {
    bench.team.perform({
      plan: planFor('backend', 'frontend'),
      backend: [slow],
      frontend: [{ text: '', toolCalls: [call('read_messages', { wait_seconds: 600 })] }, { text: 'Done.' }],
    });
    const id = await bench.start();
    await waitFor(
      'the worker to sleep',
      async () =>
        (await asOwner('select 1 from run_nodes where run_id = $1 and wake_at is not null', [id])).length === 1,
    );
    await waitFor('the other to be asked', () => bench.team.of('backend').length === 1);
    await cancelForGood(id);
    await waitFor('the call of the other worker to be cut', () => bench.team.of('backend')[0]?.request.isAborted);
    expect(bench.team.of('frontend')).toHaveLength(1);
    await staysCancelled(id);
  });

  it('cancels while the next turn waits in the queue', async () => {
    const queue = holdQueue();
    // The model sheds load, so the turn is tried again in a task of its own.
    bench.team.perform({ ...smallApp(), plan: [{ failure: { status: 503 } }] });
    const id = await bench.start();
    const task = await queue.take('runs-take-turn');
    await bench.server.invoke(task.step, task.payload);
    expect((await bench.sprint(id)).status).toBe('running');
    expect(queue.tasks).toHaveLength(1);
    const asked = bench.team.asked.length;
    await cancelForGood(id);
    for (const late of queue.tasks.splice(0)) await bench.server.invoke(late.step, late.payload);
    expect(bench.team.asked).toHaveLength(asked);
    await staysCancelled(id);
  });

  it('cancels between the last turn and the settling, which does not overwrite it', async () => {
    const queue = holdQueue();
    bench.team.perform({ plan: planFor('backend') });
    const id = await bench.start();
    const task = await queue.take('runs-take-turn');
    await bench.server.invoke(task.step, task.payload);
    await cancelForGood(id);
    const settle = await queue.take('runs-settle-run');
    expect((await bench.server.invoke(settle.step, settle.payload)).status).toBe(200);
    await staysCancelled(id);
  });

  it('answers 202 once and 200 to concurrent and later calls and after the end, and changes nothing', async () => {
    bench.team.perform({ plan: [slow] });
    const id = await bench.start();
    const answers = await Promise.all(oneTo(5).map(() => cancel(id)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 202]);
    expect((await cancel(id)).status).toBe(200);
    await staysCancelled(id);

    const done = await bench.play({ plan: planFor('backend') });
    const again = await cancel(done.id);
    expect(again).toMatchObject({ status: 200, body: { status: 'completed', result: 'summary is done' } });
    expect((await bench.logs(done.id)).at(-1)?.type).toBe('run_completed');
  });

  it('answers 404 for a run that is not a sprint, which is not cancelled', async () => {
    const queue = holdQueue();
    const id = await bench.startRun();
    expect((await cancel(id)).status).toBe(404);
    expect((await bench.run(id)).status).toBe('queued');
    queue.tasks.length = 0;
    await bench.server.call('POST', `/api/v1/runs/${id}/cancel`, { token: bench.person.token });
  });
});

describe('an ended sprint', () => {
  let id: string;
  beforeAll(async () => {
    id = (await bench.play({ plan: planFor('backend') })).id;
  });

  describeRefusals({
    bench: () => bench,
    method: 'POST',
    path: (runId) => `/api/v1/sprints/${runId}/cancel`,
    id: () => id,
    writes: true,
  });
});

function processesWith(text: string): number {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(`sleep\0${text}`);
    } catch {
      return false;
    }
  }).length;
}
