import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MOST_TRIES } from '../../functions/platform/queue/dead-letter.ts';
import { taskType } from '../../functions/platform/queue/task.ts';
import { invokerToken } from '../../functions/platform/sign-in/oidc.ts';
import { step } from '../../functions/platform/step.ts';
import { expectLoggedError } from '../support/setup-log.ts';
import { planFor } from '../support/team-script.ts';
import { asOwner, deliverAll, type HeldQueue, holdQueue, oneTo, openBench, type RunBench, waitFor } from './bench.ts';

/** A task that fails in every attempt, from its first failure to its replay. */
let bench: RunBench;
let queue: HeldQueue;
beforeAll(async () => {
  bench = await openBench();
});
beforeEach(async () => {
  await asOwner('delete from dead_letters');
  queue = holdQueue();
});
afterAll(() => bench.close());

interface Delivery {
  step: string;
  payload: unknown;
}

/** Delivers a task with the retry count that Cloud Tasks sends. */
async function deliver({ step, payload }: Delivery, retries: number) {
  return bench.server.call('POST', `/internal/steps/${step}`, {
    token: await invokerToken(step),
    body: payload,
    headers: { 'x-cloudtasks-taskretrycount': String(retries) },
  });
}

const letters = async () =>
  (await bench.server.call('GET', '/api/v1/dead-letters', { token: bench.person.token })).body.items;
const replay = (id: string) =>
  bench.server.call('POST', `/api/v1/dead-letters/${id}/replay`, { token: bench.person.token });
const sweep = async () => (await bench.server.invoke('runs-sweep-stalled')).body;

/** Starts a run whose settling always fails. Returns its settling task, and a function that repairs it. */
async function brokenRun(): Promise<{ id: string; task: Delivery; repair: () => Promise<unknown> }> {
  bench.team.perform({ plan: planFor('backend') });
  const id = await bench.start();
  const turn = await queue.take('runs-take-turn');
  await bench.server.invoke(turn.step, turn.payload);
  const task = await queue.take('runs-settle-run');
  const [run] = await asOwner<{ graph_data: unknown }>('select graph_data from sessions where id = $1', [id]);
  await asOwner(`update sessions set graph_data = jsonb_set(graph_data, '{nodes,0,after}', '"never"') where id = $1`, [
    id,
  ]);
  return {
    id,
    task,
    repair: () => asOwner('update sessions set graph_data = $2 where id = $1', [id, JSON.stringify(run?.graph_data)]),
  };
}

async function die(task: Delivery): Promise<void> {
  expectLoggedError(/a request failed/);
  expectLoggedError(/a task is dead after 12 tries/);
  for (const retries of oneTo(MOST_TRIES)) expect((await deliver(task, retries - 1)).status).toBe(500);
  expect((await deliver(task, MOST_TRIES)).body).toEqual({ status: 'dead' });
}

describe('a task that always fails', () => {
  it('becomes a dead letter with payload, error and attempts after twelve attempts, and continues after a replay', async () => {
    const { id, task, repair } = await brokenRun();
    await die(task);
    const [letter, ...others] = await letters();
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      step: 'runs-settle-run',
      payload: { tenant_id: bench.person.tenantId, run_id: id },
      attempts: MOST_TRIES + 1,
      error: expect.stringContaining('ZodError'),
    });
    await repair();
    expect((await replay(letter.id)).status).toBe(202);
    expect((await replay(letter.id)).status).toBe(404);
    expect(await letters()).toEqual([]);
    await deliverAll(bench, queue);
    expect((await bench.sprint(id)).status).toBe('completed');
  });

  it('fails its run if it should settle the run, so that the sweeper does not enqueue it forever', async () => {
    const { id, task } = await brokenRun();
    await die(task);
    await asOwner(
      `update run_nodes set completed_at = now() - interval '2 minutes' where run_id = $1 and completed_at is not null`,
      [id],
    );
    await asOwner(`update sessions set created_at = now() - interval '2 minutes' where id = $1`, [id]);
    queue.tasks.length = 0;
    expect(await sweep()).toMatchObject({ doomed_runs: 1, unsettled_runs: 0, failed: 0 });
    expect(await sweep()).toMatchObject({ doomed_runs: 0, unsettled_runs: 0, failed: 0 });
    expect(await bench.sprint(id)).toMatchObject({ status: 'failed', error: expect.stringContaining('dead letters') });
    expect((await bench.logs(id)).at(-1)).toMatchObject({ type: 'run_failed', level: 'error' });
  });

  it('adds up the attempts of all tasks with the same payload, and resets them after a success', async () => {
    const { id, task, repair } = await brokenRun();
    expectLoggedError(/a request failed/);
    for (const retries of [1, 2, 3]) await deliver(task, retries);
    await deliver(task, 1);
    const counted = () => asOwner('select attempts, died_at from dead_letters');
    expect(await counted()).toEqual([{ attempts: 5, died_at: null }]);
    expect(await letters()).toEqual([]);
    await repair();
    expect((await deliver(task, 2)).body).toEqual({ status: 'done' });
    expect(await counted()).toEqual([]);
    await deliverAll(bench, queue);
    expect((await bench.sprint(id)).status).toBe('completed');
  });

  it('is counted before it runs, so a task that kills its instance every time also becomes a dead letter', async () => {
    const type = taskType({
      step: 'test-broken',
      queue: 'control',
      payload: z.strictObject({ tenant_id: z.string() }),
    });
    const never = Promise.withResolvers<void>();
    const { handle } = step(type).handle(() => never.promise);
    const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const push = async (retries: number, signal?: AbortSignal) =>
      fetch(`http://127.0.0.1:${port}/internal/steps/test-broken`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await invokerToken('test-broken')}`,
          'content-type': 'application/json',
          'x-cloudtasks-taskretrycount': String(retries),
        },
        body: JSON.stringify({ tenant_id: bench.person.tenantId }),
        ...(signal === undefined ? {} : { signal }),
      });
    const counted = async () => (await asOwner('select attempts, error from dead_letters'))[0];
    for (const retries of oneTo(MOST_TRIES - 1)) {
      // The connection is cut after the attempt started, as when the instance is killed.
      const kill = new AbortController();
      const killed = push(retries, kill.signal).catch(() => 'killed');
      await waitFor(`attempt ${retries + 1} to be counted`, async () => (await counted())?.attempts === retries + 1);
      kill.abort();
      expect(await killed).toBe('killed');
    }
    expect(await counted()).toEqual({ attempts: MOST_TRIES, error: null });
    expectLoggedError(/a task is dead/);
    expect(await (await push(MOST_TRIES)).json()).toEqual({ status: 'dead' });
    expect(await letters()).toMatchObject([{ step: 'test-broken', attempts: MOST_TRIES + 1, error: null }]);
    never.resolve();
    server.close();
  });
});
