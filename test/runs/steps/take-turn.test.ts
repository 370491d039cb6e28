import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import type { Task } from '../../../functions/platform/queue/task.ts';
import { call, planFor, smallApp } from '../../support/team-script.ts';
import {
  asOwner,
  deliverAll,
  type HeldQueue,
  holdQueue,
  numbersOf,
  oneTo,
  openBench,
  type RunBench,
  waitFor,
} from '../bench.ts';

/** Steps are delivered by hand here: twice, five times at once, late, to the wrong place. */
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

/** The same without what calls cost: a call that is cut off is paid for after the end of all else. */
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
  it('a delivery that finds a dead worker’s lease comes again when it ends, once, however often it is delivered', async () => {
    bench.team.perform(smallApp());
    const id = await bench.start();
    const [first] = queue.tasks.splice(0);
    if (first === undefined) throw new Error('Nothing was rung');
    // As a worker leaves it that was killed in the middle: claimed, and nobody renews.
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

  it('each step five times at once and then once more is each step once', async () => {
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
    expect(numbersOf(lines)).toEqual(oneTo(lines.length));
    expect(lines.filter(({ type }) => type === 'message_sent')).toHaveLength(3);
    expect(lines.filter(({ type }) => type === 'run_completed')).toHaveLength(1);
    expect(await asOwner('select max(version) as most from run_files where run_id = $1', [id])).toEqual([{ most: 1 }]);
  });

  it('after the end every task of the run is a no-op, and so are those that never existed', async () => {
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

  it('a task of an older generation or of another tenant moves nothing while the run is on its way', async () => {
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
    expect(bench.team.of('plan')).toHaveLength(1);
  });

  it('a payload that is none is refused and a caller without the token of the queue too', async () => {
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
  it('a lease that ran out lets another claim, and the zombie writes nothing but what its answer cost', async () => {
    const answers = ['the zombie', 'the living'];
    const waiting: (() => void)[] = [];
    bench.team.perform({
      plan: [
        async () => {
          const text = answers.shift() ?? 'nobody';
          await new Promise<void>((resolve) => waiting.push(resolve));
          return { text };
        },
      ],
    });
    const id = await bench.start();
    const task = await queue.take('runs-take-turn');
    const zombie = deliver(task);
    await waitFor('the first question', () => waiting.length === 1);
    expect((await deliver(task)).body).toEqual({ status: 'done' });
    expect(waiting).toHaveLength(1);
    await expireLeases();
    const living = deliver(task);
    await waitFor('the second question', () => waiting.length === 2);
    waiting[1]?.();
    expect((await living).body).toEqual({ status: 'done' });
    const before = withoutMoney(await everything(id));
    const [paid] = await money(id);
    waiting[0]?.();
    expect((await zombie).body).toEqual({ status: 'superseded' });
    expect(withoutMoney(await everything(id))).toEqual(before);
    // Both answers have the same tokens: the run's and the node's cost grow by one more, and the ledger has a line for it.
    expect(await money(id)).toEqual([
      { lines: Number(paid?.lines) + 1, of_node: 2 * Number(paid?.of_node), fits: true, reserved: 0 },
    ]);
    expect((await bench.sprint(id)).workers[0]).toMatchObject({ status: 'completed', result: 'the living', turns: 1 });
  });

  it('a turn that was started five times and never finished is the end of its node', async () => {
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
    // The five notice at their next heartbeat, hang up and say nothing more.
    await Promise.all(dead);
    await waitFor('the models to be hung up on', () => bench.team.of('plan').every(({ request }) => request.isAborted));
  });

  it('five waits in one turn, each woken, are no failure', async () => {
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
    // The listener first, so that each message finds it asleep.
    for (;;) {
      const nodes = await asOwner<{ id: string }>(`select id from run_nodes where run_id = $1 and name = 'backend'`, [
        id,
      ]);
      const isListener = (task: Task) => (task.payload as { node_id?: string }).node_id === nodes[0]?.id;
      const index = queue.tasks.findIndex((task) => isListener(task) && !task.notBefore);
      const [next] = queue.tasks.splice(index >= 0 ? index : queue.tasks.findIndex((task) => !task.notBefore), 1);
      if (next) await deliver(next);
      if (queue.tasks.every((task) => task.notBefore)) break;
    }
    const { workers, status } = await bench.sprint(id);
    expect(workers[1]).toMatchObject({ name: 'backend', error: null, status: 'completed' });
    expect(status).toBe('completed');
  });
});
