import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { NotNow } from '../../../functions/platform/errors.ts';
import type { ServedFunction } from '../../../functions/platform/http/served-function.ts';
import { claimUnsentTasks, releaseTasks } from '../../../functions/platform/queue/outbox.ts';
import { type StepInput, step } from '../../../functions/platform/step.ts';
import { type Gateway, openGateway } from '../../../scripts/local/gateway.ts';
import { expectLoggedError } from '../../support/setup-log.ts';
import { createTenant, enqueueFor, Ping, ping, waitingTasks } from './outbox-of-a-tenant.ts';

interface Delivery {
  number: number;
  headers: IncomingHttpHeaders;
  /** When it came, in the clock of `Date.now()`. */
  at: number;
}

const open: Gateway[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const gateway of open.splice(0)) await gateway.close();
});

/** A gateway that serves the step; what comes in is noted before the handler runs. */
async function gatewayOf(
  handler: (number: number, count: number) => Promise<void>,
  concurrency = 8,
): Promise<{ gateway: Gateway; deliveries: Delivery[] }> {
  const deliveries: Delivery[] = [];
  let headers: IncomingHttpHeaders = {};
  const declared = step(Ping).handle(async ({ payload }: StepInput<{ tenant_id: string; number: number }>) => {
    deliveries.push({ number: payload.number, headers, at: Date.now() });
    await handler(payload.number, deliveries.filter(({ number }) => number === payload.number).length);
  });
  const noting: ServedFunction = {
    ...declared,
    handle: (request, response) => {
      headers = request.headers;
      return declared.handle(request, response);
    },
  };
  const gateway = await openGateway([noting], { port: 0, host: '127.0.0.1', concurrency });
  open.push(gateway);
  return { gateway, deliveries };
}

/** Looks until it holds; the limit only ends what would never end. */
const poll = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

let tenantId: string;
beforeEach(async () => {
  // What a case ended before its queue had taken out: a queue that starts takes over everybody's.
  const system = (await openDatabase()).as({ kind: 'system' });
  const left = await claimUnsentTasks(system, 0, 1_000);
  await releaseTasks(
    system,
    left.map(({ name }) => name),
  );
  tenantId = await createTenant();
});

describe('the queue of a laptop', () => {
  it('pushes a task once with the headers of Cloud Tasks and a token that the step accepts; then the outbox row goes', async () => {
    const { deliveries } = await gatewayOf(async () => undefined);
    const task = ping(tenantId, 1);
    await enqueueFor(tenantId, task);
    await poll(() => waitingTasks(tenantId)).toEqual([]);
    expect(deliveries).toHaveLength(1);
    expect(deliveries[0]?.headers).toMatchObject({
      'user-agent': 'Google-Cloud-Tasks',
      'x-cloudtasks-queuename': 'apexflow-control',
      'x-cloudtasks-taskname': task.name,
      'x-cloudtasks-taskretrycount': '0',
      authorization: expect.stringMatching(/^Bearer eyJ/),
    });
  });

  it('takes a name once', async () => {
    const { gateway, deliveries } = await gatewayOf(async () => undefined);
    const task = ping(tenantId, 2);
    await Promise.all([gateway.queue.create(task), gateway.queue.create(task), enqueueFor(tenantId, task)]);
    await poll(() => waitingTasks(tenantId)).toEqual([]);
    await gateway.queue.create(task);
    // A tenant's tasks keep their order, so a second delivery of the first would come before the next task.
    await gateway.queue.create(ping(tenantId, 20));
    await poll(() => deliveries.map(({ number }) => number)).toEqual([2, 20]);
  });

  it('comes back with growing pauses after a failure, counts the tries, and keeps the row until a push succeeds', async () => {
    expectLoggedError(/not yet/);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    // The jitter is a fifth more or less: this is a tenth less.
    vi.spyOn(Math, 'random').mockReturnValue(0.25);
    let waitingMeanwhile: string[] = [];
    const { deliveries } = await gatewayOf(async (_number, count) => {
      waitingMeanwhile = await waitingTasks(tenantId);
      if (count < 4) throw new Error('not yet');
    });
    const task = ping(tenantId, 3);
    await enqueueFor(tenantId, task);
    await poll(() => deliveries.length).toBe(4);
    expect(waitingMeanwhile).toEqual([task.name]);
    await poll(() => waitingTasks(tenantId)).toEqual([]);
    expect(deliveries.map(({ headers }) => headers['x-cloudtasks-taskretrycount'])).toEqual(['0', '1', '2', '3']);
    // What the queue asked for: how long the machine then takes is its own affair.
    const asked = timers.mock.calls.map(([, milliseconds = 0]) => Math.round(milliseconds));
    expect(asked.filter((milliseconds) => [90, 180, 360, 720].includes(milliseconds))).toEqual([90, 180, 360]);
  });

  it('does not push before a task’s time', async () => {
    const { deliveries } = await gatewayOf(async () => undefined);
    const notBefore = new Date(Date.now() + 400);
    await enqueueFor(tenantId, ping(tenantId, 4, notBefore));
    await poll(() => deliveries.length).toBe(1);
    // A timer counts in whole milliseconds.
    expect(deliveries[0]?.at).toBeGreaterThanOrEqual(notBefore.getTime() - 1);
  });

  it('gives a step that cannot go on yet a task of its own for later', async () => {
    const { deliveries } = await gatewayOf(async (_number, count) => {
      if (count === 1) throw new NotNow('wait for it', 0.3);
    });
    await enqueueFor(tenantId, ping(tenantId, 5));
    await poll(() => deliveries.length).toBe(2);
    expect(deliveries[0]?.headers['x-cloudtasks-taskname']).not.toBe(deliveries[1]?.headers['x-cloudtasks-taskname']);
    expect(deliveries[1]?.headers['x-cloudtasks-taskretrycount']).toBe('0');
    await poll(() => waitingTasks(tenantId)).toEqual([]);
  });

  it('runs no more at the same time than it may', async () => {
    let running = 0;
    let most = 0;
    const { deliveries } = await gatewayOf(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
    }, 3);
    await Promise.all(Array.from({ length: 12 }, (_, number) => enqueueFor(tenantId, ping(tenantId, 100 + number))));
    await poll(() => deliveries.length).toBe(12);
    expect(most).toBe(3);
  });

  it('loses nothing when it dies: the next one takes over what the outbox still holds', async () => {
    const stuck = await gatewayOf(() => new Promise(() => undefined));
    const tasks = Array.from({ length: 20 }, (_, number) => ping(tenantId, 200 + number));
    for (const task of tasks) await enqueueFor(tenantId, task);
    await poll(() => stuck.deliveries.length).toBe(8);
    await stuck.gateway.queue.close();
    expect(await waitingTasks(tenantId)).toHaveLength(20);

    const next = await gatewayOf(async () => undefined);
    expect(await next.gateway.resume()).toBe(20);
    await poll(() => waitingTasks(tenantId)).toEqual([]);
    expect(new Set(next.deliveries.map(({ number }) => number)).size).toBe(20);
  });
});

describe('tenants beside each other', () => {
  it('starts another tenant’s task while one tenant’s hold every place and thousands wait', async () => {
    const other = await createTenant();
    const { gateway, deliveries } = await gatewayOf(() => new Promise(() => undefined), 4);
    for (let number = 1_000; number < 4_000; number += 1) await gateway.queue.create(ping(tenantId, number));
    await poll(() => deliveries.length).toBe(4);
    await gateway.queue.create(ping(other, 1));
    await poll(() => deliveries.map(({ number }) => number)).toEqual([1_000, 1_001, 1_002, 1_003, 1]);
  });

  it('take turns where the outbox is swept, however much one of them has left there', async () => {
    const other = await createTenant();
    const system = (await openDatabase()).as({ kind: 'system' });
    const insert = (tenant: string, count: number) =>
      system.transaction(async (transaction) => {
        await transaction.query({ name: 'test_be_owner', text: 'set local role postgres' });
        await transaction.query({
          name: 'test_insert_tasks',
          text: `insert into outbox (tenant_id, task_name, queue, step, payload, created_at)
            select $1, $1 || number, 'control', 'test-ping', '{}', now() - interval '1 hour' from generate_series(1, $2::integer) number`,
          values: [tenant, count],
        });
      });
    await insert(tenantId, 500);
    await insert(other, 3);
    const claimed = await claimUnsentTasks(system, 60, 20);
    expect(claimed.filter(({ name }) => name.startsWith(other))).toHaveLength(3);
    expect(claimed.filter(({ name }) => name.startsWith(tenantId))).toHaveLength(17);
    const rest: string[] = [];
    for (let batch = claimed; batch.length > 0; batch = await claimUnsentTasks(system, 60, 200))
      rest.push(...batch.map(({ name }) => name));
    expect(new Set(rest).size).toBe(503);
    expect(rest).toHaveLength(503);
  });
});

describe('the outbox', () => {
  it('gives a task to one sweeper only, and again when that one did nothing', async () => {
    await gatewayOf(() => new Promise(() => undefined));
    const task = ping(tenantId, 300);
    await enqueueFor(tenantId, task);
    const system = (await openDatabase()).as({ kind: 'system' });
    expect(await claimUnsentTasks(system, 60, 10)).toEqual([]);
    const first = await claimUnsentTasks(system, 0, 10);
    expect(first).toMatchObject([
      { name: task.name, queue: 'control', step: 'test-ping', payload: { tenant_id: tenantId, number: 300 } },
    ]);
    expect(await claimUnsentTasks(system, 5, 10)).toEqual([]);
    expect(await claimUnsentTasks(system, 0, 10)).toHaveLength(1);
  });
});
