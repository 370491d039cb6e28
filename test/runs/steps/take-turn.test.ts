import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { environment } from '../../../functions/platform/environment.ts';
import { createId } from '../../../functions/platform/id.ts';
import type { Task } from '../../../functions/platform/queue/task.ts';
import { claimNode, updateNodeLease } from '../../../functions/runs/sql/claim.ts';
import { enqueueTurn } from '../../../functions/runs/sql/node.ts';
import { call, planFor, smallApp } from '../../support/team-script.ts';
import { asOwner, deliverAll, type HeldQueue, holdQueue, oneTo, openBench, type RunBench, waitFor } from '../bench.ts';

/** The tests deliver the tasks themselves: twice, concurrently, late, and for the wrong tenant. */
let bench: RunBench;
let queue: HeldQueue;
beforeAll(async () => {
  bench = await openBench();
});
beforeEach(() => {
  queue = holdQueue();
});
afterAll(() => bench.close());

const deliver = (task: Task) => bench.server.invoke(task.step, task.payload);

const everything = (id: string) =>
  asOwner(
    `select to_jsonb(s) as run, (select jsonb_agg(to_jsonb(n) order by n.id) from run_nodes n where n.run_id = s.id) as nodes,
      (select count(*) from run_events e where e.run_id = s.id) as events, (select count(*) from model_turns t where t.run_id = s.id) as turns,
      (select count(*) from tool_calls t where t.run_id = s.id) as calls, (select count(*) from run_messages m where m.run_id = s.id) as messages,
      (select count(*) from usage_ledger u where u.run_id = s.id) as paid, (select jsonb_agg(to_jsonb(f) order by path) from run_files f where f.run_id = s.id) as files,
      (select count(*) from outbox) as tasks
      from sessions s where s.id = $1`,
    [id],
  );

/** Removes the costs: a call that was cut off is booked after everything else. */
function withoutMoney(rows: Record<string, unknown>[]): unknown {
  const spent = ['cost', 'input_tokens', 'output_tokens', 'cached_tokens', 'paid'];
  return JSON.parse(JSON.stringify(rows, (key, value) => (spent.includes(key) ? undefined : value)));
}

const money = (id: string) =>
  asOwner(
    `select count(*) as lines, (select max(cost)::float8 from run_nodes where run_id = $1) as of_node, sum(cost) = (select cost from sessions where id = $1) as fits,
      (select count(*) from call_reservations where run_id = $1) as reserved from usage_ledger where run_id = $1`,
    [id],
  );

describe('delivery', () => {
  it('enqueues one more task for the end of a dead worker’s lease, however often the task is delivered', async () => {
    bench.team.perform(smallApp());
    const id = await bench.start();
    const [first] = queue.tasks.splice(0);
    if (first === undefined) throw new Error('No task was enqueued');
    // The state that a killed worker leaves: claimed, and the lease is not renewed.
    await asOwner(
      `update run_nodes set status = 'running', fence = fence + 1, attempts = 1, lease_until = now() + interval '40 seconds', holder = 'dead' where run_id = $1 and name = 'plan'`,
      [id],
    );
    for (const _ of oneTo(3)) expect((await deliver(first)).status).toBe(200);
    // Not before the lease ends, and not later than a whole lease from now.
    const [row] = await asOwner(
      `select count(*) as tasks, max(not_before) >= (select max(lease_until) from run_nodes where run_id = $1) as is_after_lease,
        max(not_before) < now() + interval '41 seconds' as is_soon from outbox where not_before is not null`,
      [id],
    );
    expect(row).toEqual({ tasks: 1, is_after_lease: true, is_soon: true });
    expect(bench.team.asked).toEqual([]);
    await asOwner(`update run_nodes set lease_until = now() - interval '1 second' where run_id = $1`, [id]);
    await deliverAll(bench, queue);
    expect((await bench.sprint(id)).status).toBe('completed');
  });

  it('runs each step once in five concurrent and one later delivery', async () => {
    bench.team.perform(smallApp(20));
    const id = await bench.start();
    await deliverAll(bench, queue, async (task) => {
      const answers = await Promise.all(oneTo(5).map(() => deliver(task)));
      const again = await deliver(task);
      expect([...answers, again].map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    });
    const sprint = await bench.sprint(id);
    expect(sprint.status).toBe('completed');
    const asked = bench.team.asked.filter(({ role }) => role !== 'memory').map(({ role, turn }) => `${role} ${turn}`);
    expect(asked.toSorted()).toEqual([...new Set(asked)].toSorted());
    const lines = await bench.logs(id);
    expect(lines.map(({ seq }) => seq)).toEqual(oneTo(lines.length));
    expect(lines.filter(({ type }) => type === 'message_sent')).toHaveLength(3);
    expect(lines.filter(({ type }) => type === 'run_completed')).toHaveLength(1);
    expect(await asOwner('select max(version) as most from run_files where run_id = $1', [id])).toEqual([{ most: 1 }]);
  });

  it('takes all turns of a node in one task, and each in its own when a task may not go on', async () => {
    const turnTasks = async () => {
      bench.team.perform(smallApp());
      const id = await bench.start();
      const delivered = await deliverAll(bench, queue);
      expect((await bench.sprint(id)).status).toBe('completed');
      const turns = Number((await asOwner('select count(*) as n from model_turns where run_id = $1', [id]))[0]?.n);
      const nodes = Number((await asOwner('select count(*) as n from run_nodes where run_id = $1', [id]))[0]?.n);
      return { tasks: delivered.filter(({ step }) => step === 'runs-take-turn').length, turns, nodes };
    };
    const whole = await turnTasks();
    expect(whole.tasks).toBe(whole.nodes);
    environment.TASK_SECONDS = 0;
    const single = await turnTasks().finally(() => {
      environment.TASK_SECONDS = 15;
    });
    expect(single).toEqual({ ...whole, tasks: whole.turns });
    expect(whole.turns).toBeGreaterThan(whole.nodes);
  });

  it('does nothing for tasks of a run that has ended, and for tasks that were never enqueued', async () => {
    bench.team.perform(smallApp());
    const id = await bench.start();
    const delivered = await deliverAll(bench, queue);
    const before = await everything(id);
    const [turn] = delivered;
    const payload = turn?.payload as { tenant_id: string; generation: number };
    const foreign = (await bench.server.signUp()).tenantId;
    const others = [
      { ...payload, generation: payload.generation - 1 },
      { ...payload, generation: payload.generation + 1 },
      { ...payload, node_id: createId('node') },
      { ...payload, run_id: createId('run'), node_id: createId('node') },
      { ...payload, tenant_id: foreign },
    ];
    bench.team.perform({});
    const answers = await Promise.all([
      ...delivered.map(deliver),
      ...others.map((other) => bench.server.invoke('runs-take-turn', other)),
      bench.server.invoke('runs-settle-run', { tenant_id: foreign, run_id: id }),
      bench.server.invoke('runs-settle-run', { tenant_id: payload.tenant_id, run_id: createId('run') }),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(bench.team.asked).toEqual([]);
    expect(await everything(id)).toEqual(before);
  });

  it('does nothing for a task of an older generation or of another tenant while the run is active', async () => {
    bench.team.perform(smallApp());
    const id = await bench.start();
    const task = await queue.take('runs-take-turn');
    const payload = task.payload as { tenant_id: string; generation: number };
    const before = await everything(id);
    await bench.server.invoke('runs-take-turn', { ...payload, generation: payload.generation - 1 });
    await bench.server.invoke('runs-take-turn', { ...payload, tenant_id: (await bench.server.signUp()).tenantId });
    expect(await everything(id)).toEqual(before);
    expect(bench.team.asked).toEqual([]);
    await deliver(task);
    expect(bench.team.of('plan').map(({ turn }) => turn)).toEqual([0, 1]);
  });

  it('answers 422 for an invalid payload and 401 for a caller without the token of the queue', async () => {
    expect((await bench.server.invoke('runs-take-turn', { tenant_id: 'ten_x' })).status).toBe(422);
    expect((await bench.server.call('POST', '/internal/steps/runs-take-turn', { body: {} })).status).toBe(401);
    expect(
      (await bench.server.call('POST', '/internal/steps/runs-take-turn', { body: {}, token: bench.person.token }))
        .status,
    ).toBe(401);
  });
});

const expireLeases = () =>
  asOwner(`update run_nodes set lease_until = now() - interval '1 second' where lease_until is not null`);

describe('claims', () => {
  it('lets another worker claim the node after the lease has expired; the first worker then writes only the cost of its answer', async () => {
    const answers = ['the first', 'the second'];
    const waiting: (() => void)[] = [];
    bench.team.perform({
      formatter: [
        async () => {
          const text = answers.shift() ?? 'nobody';
          await new Promise<void>((resolve) => waiting.push(resolve));
          return { text };
        },
      ],
    });
    const id = await bench.startRun({ agent_type: 'formatter' });
    const task = await queue.take('runs-take-turn');
    const first = deliver(task);
    await waitFor('the first question', () => waiting.length === 1);
    expect((await deliver(task)).body).toEqual({ status: 'done' });
    expect(waiting).toHaveLength(1);
    await expireLeases();
    const second = deliver(task);
    await waitFor('the second question', () => waiting.length === 2);
    waiting[1]?.();
    expect((await second).body).toEqual({ status: 'done' });
    const before = withoutMoney(await everything(id));
    const [paid] = await money(id);
    waiting[0]?.();
    expect((await first).body).toEqual({ status: 'superseded' });
    expect(withoutMoney(await everything(id))).toEqual(before);
    // Both answers have the same tokens: the costs of the run and the node double, and the ledger has one more line.
    expect(await money(id)).toEqual([
      { lines: Number(paid?.lines) + 1, of_node: 2 * Number(paid?.of_node), fits: true, reserved: 0 },
    ]);
    expect((await bench.run(id)).graph.nodes).toMatchObject([{ status: 'completed', result: 'the second', turns: 1 }]);
  });

  it('fails a node whose turn was started five times and never finished', async () => {
    bench.team.perform({ plan: [{ text: 'I begin', silentAfter: 1 }] });
    const id = await bench.start();
    const task = await queue.take('runs-take-turn');
    const dead: Promise<unknown>[] = [];
    for (const attempt of oneTo(5)) {
      dead.push(deliver(task));
      await waitFor(`attempt ${attempt}`, () => bench.team.of('plan').length === attempt);
      await expireLeases();
    }
    await deliver(task);
    expect(bench.team.of('plan')).toHaveLength(5);
    await deliverAll(bench, queue);
    expect(await bench.sprint(id)).toMatchObject({
      status: 'failed',
      error: 'plan: turn 1 was started 5 times and never finished',
    });
    // The five workers notice at their next renewal that they lost the claim, and cut their model calls.
    await Promise.all(dead);
    await waitFor('the model calls to be cut', () => bench.team.of('plan').every(({ request }) => request.isAborted));
  });

  it('does not count waits as attempts: six waits in one turn complete', async () => {
    const wait = call('read_messages', { wait_seconds: 300 });
    bench.team.perform({
      plan: planFor('backend', 'frontend'),
      backend: [{ text: '', toolCalls: oneTo(6).map(() => wait) }, { text: 'Heard it all.' }],
      frontend: [
        ...oneTo(6).map((number) => ({
          text: '',
          toolCalls: [call('send_message', { to: 'backend', content: `Part ${number}` })],
        })),
        { text: 'Told it all.' },
      ],
    });
    const id = await bench.start();
    // The backend's tasks first, so that each message finds it asleep.
    for (;;) {
      const nodes = await asOwner<{ id: string }>(`select id from run_nodes where run_id = $1 and name = 'backend'`, [
        id,
      ]);
      const isOfBackend = (task: Task) => (task.payload as { node_id?: string }).node_id === nodes[0]?.id;
      const index = queue.tasks.findIndex((task) => isOfBackend(task) && !task.notBefore);
      const [next] = queue.tasks.splice(index >= 0 ? index : queue.tasks.findIndex((task) => !task.notBefore), 1);
      if (next) await deliver(next);
      if (queue.tasks.every((task) => task.notBefore)) break;
    }
    const { workers, status } = await bench.sprint(id);
    expect(workers[1]).toMatchObject({ name: 'backend', error: null, status: 'completed' });
    expect(status).toBe('completed');
  });

  it('does not renew a lease that was released while the renewal was on its way', async () => {
    bench.team.perform({});
    const runId = await bench.start();
    const task = await queue.take('runs-take-turn');
    const { node_id: nodeId, generation } = task.payload as { node_id: string; generation: number };
    const tenant = (await openDatabase()).as({ kind: 'tenant', tenantId: bench.person.tenantId });
    const claimed = (at: number) =>
      claimNode(tenant, { runId, nodeId, generation: at, leaseSeconds: 60, holder: 'a test' });
    const { node } = await claimed(generation);
    const renew = () => updateNodeLease(tenant, nodeId, node?.fence ?? 0, 60);
    expect(await renew()).toEqual({ has_budget: false, tenant_hosts: [] });
    await tenant.queryAll([enqueueTurn(nodeId)]);
    expect(await renew()).toBeUndefined();
    expect((await claimed(generation + 1)).node).toMatchObject({ id: nodeId });
  });
});
