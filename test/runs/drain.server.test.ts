import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Task } from '../../functions/platform/queue/task.ts';
import { invokerToken } from '../../functions/platform/sign-in/oidc.ts';
import { type ChildServer, serve } from '../platform/child-server.ts';
import { planFor, tell } from '../support/team-script.ts';
import { asOwner, deliverAll, type HeldQueue, holdQueue, openBench, type RunBench, waitFor } from './bench.ts';

/** An old and a new instance of a deployed step in processes of their own, on the same database. */

let bench: RunBench;
let queue: HeldQueue;
const instances: ChildServer[] = [];
beforeAll(async () => {
  bench = await openBench();
});
beforeEach(() => {
  queue = holdQueue();
});
afterEach(async () => {
  for (const instance of instances.splice(0)) await instance.stop('SIGKILL');
});
afterAll(() => bench.close());

async function startInstance(): Promise<ChildServer> {
  const instance = await serve('runs-take-turn', {
    GEMINI_API_KEY: 'a-key-of-the-test',
    GOOGLE_GEMINI_BASE_URL: bench.team.gemini.url,
  });
  instances.push(instance);
  return instance;
}

const push = async ({ url }: ChildServer, task: Task) => {
  const answer = await fetch(`${url}/internal/steps/${task.step}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await invokerToken(task.step)}`, 'content-type': 'application/json' },
    body: JSON.stringify(task.payload),
  });
  return { status: answer.status, body: await answer.json() };
};

const nodeOf = async (id: string) => {
  const [node] = await asOwner(
    `select id, generation, fence, attempts, lease_until, status from run_nodes where run_id = $1 and name = 'plan'`,
    [id],
  );
  return node;
};

it('SIGTERM during a model call: the turn is released, its cost is booked, the push is answered, and a second instance continues', {
  timeout: 60_000,
}, async () => {
  const [old, young] = await Promise.all([startInstance(), startInstance()]);
  let isFirst = true;
  bench.team.perform({
    plan: [
      () => {
        const line = isFirst
          ? { text: 'I think about it for long', silentAfter: 1 }
          : { text: '', toolCalls: [tell('backend', 'Begin.')] };
        isFirst = false;
        return line;
      },
      { text: 'The plan stands.' },
    ],
  });
  const id = await bench.start({ budget_usd: 5 });
  const task = await queue.take('runs-take-turn');
  const pushed = push(old, task);
  await waitFor('the model to be asked', () => bench.team.of('plan').length === 1);
  const claimed = await nodeOf(id);
  expect(claimed).toMatchObject({ status: 'running', attempts: 1 });
  expect(Number((await asOwner('select count(*) as open from call_reservations'))[0]?.open)).toBe(1);

  // The model sends nothing more. Without the abort signal, the old instance would cut the push unanswered after its
  // shutdown timeout.
  const exited = old.stop('SIGTERM');
  expect(await pushed).toEqual({ status: 200, body: { status: 'done' } });
  expect(await exited).toBe(0);
  await expect(push(old, task), 'the old instance claims nothing more').rejects.toThrow();

  const released = await nodeOf(id);
  expect(released).toMatchObject({ attempts: 0, lease_until: null, generation: Number(claimed?.generation) + 1 });
  const paid = await asOwner(
    `select kind, cost > 0 as has_cost from usage_ledger where run_id = $1 and node_id is not null`,
    [id],
  );
  expect(paid).toEqual([{ kind: 'attempt', has_cost: true }]);
  expect(await asOwner('select 1 from call_reservations')).toEqual([]);

  const [left] = await asOwner<{ payload: unknown }>(
    `select payload from outbox where step = 'runs-take-turn' and payload ->> 'run_id' = $1 and (payload ->> 'generation')::int = $2`,
    [id, released?.generation],
  );
  const next: Task = { ...task, payload: left?.payload };
  expect(await push(young, task), 'the old task does nothing').toEqual({ status: 200, body: { status: 'done' } });
  expect(bench.team.of('plan')).toHaveLength(1);
  expect(await push(young, next)).toEqual({ status: 200, body: { status: 'done' } });
  expect(bench.team.of('plan')).toHaveLength(3);
  await bench.server.invoke('runs-settle-run', { tenant_id: bench.person.tenantId, run_id: id });
  await deliverAll(bench, queue);
  expect(await bench.sprint(id)).toMatchObject({ status: 'completed' });
  const lines = await bench.logs(id);
  expect(lines.filter(({ type }) => type === 'turn_postponed' || type === 'node_failed')).toEqual([]);
});

it('SIGTERM while an old and a new instance work on one run: the node of the new instance is not disturbed', {
  timeout: 60_000,
}, async () => {
  const [old, young] = await Promise.all([startInstance(), startInstance()]);
  const answer = Promise.withResolvers<void>();
  bench.team.perform({
    plan: planFor('backend', 'frontend'),
    backend: [{ text: 'Slow', silentAfter: 1 }],
    frontend: [() => answer.promise.then(() => ({ text: 'The page is done.' }))],
  });
  const id = await bench.start();
  while (queue.tasks.length > 0 && bench.team.of('backend').length === 0) {
    const task = queue.tasks.shift();
    if (task?.step !== 'runs-take-turn') {
      if (task) await bench.server.invoke(task.step, task.payload);
      if (queue.tasks.filter(({ step }) => step === 'runs-take-turn').length === 2) break;
    } else await bench.server.invoke(task.step, task.payload);
  }
  const nodes = await asOwner<{ id: string; name: string }>('select id, name from run_nodes where run_id = $1', [id]);
  const taskOf = (name: string) => {
    const node = nodes.find((one) => one.name === name);
    const task = queue.tasks.find(({ payload }) => JSON.stringify(payload).includes(String(node?.id)));
    if (task === undefined) throw new Error(`no task of ${name} was enqueued`);
    return task;
  };
  const onOld = push(old, taskOf('backend'));
  const onYoung = push(young, taskOf('frontend'));
  await waitFor(
    'both to be asked',
    () => bench.team.of('backend').length === 1 && bench.team.of('frontend').length === 1,
  );
  expect(await old.stop('SIGTERM')).toBe(0);
  expect((await onOld).status).toBe(200);
  answer.resolve();
  expect((await onYoung).status).toBe(200);
  const states = await asOwner(
    `select name, status, lease_until, attempts from run_nodes where run_id = $1 and name in ('backend', 'frontend') order by name`,
    [id],
  );
  expect(states).toEqual([
    { name: 'backend', status: 'running', lease_until: null, attempts: 0 },
    { name: 'frontend', status: 'completed', lease_until: null, attempts: 0 },
  ]);
});
