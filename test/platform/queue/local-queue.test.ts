import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { NotNow } from '../../../functions/platform/errors.ts';
import type { ServedFunction } from '../../../functions/platform/http/served-function.ts';
import { watchLog } from '../../../functions/platform/log.ts';
import { ModelError } from '../../../functions/platform/models/model.ts';
import { claimUnsentTasks, releaseTasks } from '../../../functions/platform/queue/outbox.ts';
import { type StepInput, step } from '../../../functions/platform/step.ts';
import { type Gateway, openGateway } from '../../../scripts/local/gateway.ts';
import { expectLoggedError } from '../../support/setup-log.ts';
import { createTenant, enqueueFor, Ping, ping, waitingTasks } from './outbox-of-a-tenant.ts';

interface Delivery {
  number: number;
  headers: IncomingHttpHeaders;
  /** When the push arrived, as `Date.now()`. */
  at: number;
}

const open: Gateway[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const gateway of open.splice(0)) await gateway.close();
});

/** Starts a gateway that serves the step and records each delivery before the handler runs. */
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

/** Polls until the expectation holds. The timeout only ends a test that hangs. */
const poll = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

let tenantId: string;
beforeEach(async () => {
  // Removes tasks that an earlier test left: a queue that starts takes over all tasks.
  const system = (await openDatabase()).as({ kind: 'system' });
  const left = await claimUnsentTasks(system, 0, 1_000);
  await releaseTasks(
    system,
    left.map(({ name }) => name),
  );
  tenantId = await createTenant();
});

describe('the queue of a laptop', () => {
  it('pushes a task once with the headers of Cloud Tasks and a valid token, and removes its outbox row', async () => {
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

  it('ignores a second task with the same name', async () => {
    const { gateway, deliveries } = await gatewayOf(async () => undefined);
    const task = ping(tenantId, 2);
    await Promise.all([gateway.queue.create(task), gateway.queue.create(task), enqueueFor(tenantId, task)]);
    await poll(() => waitingTasks(tenantId)).toEqual([]);
    await gateway.queue.create(task);
    // The tasks of a tenant keep their order, so a second delivery of the first task would precede the next task.
    await gateway.queue.create(ping(tenantId, 20));
    await poll(() => deliveries.map(({ number }) => number)).toEqual([2, 20]);
  });

  it('retries with exponential backoff, counts the tries, and keeps the outbox row until a push succeeds', async () => {
    expectLoggedError(/not yet/);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    // The jitter is ±20 %; the random number of this test makes it -10 %.
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
    // Checks the requested delays, not the elapsed time.
    const asked = timers.mock.calls.map(([, milliseconds = 0]) => Math.round(milliseconds));
    expect(asked.filter((milliseconds) => [90, 180, 360, 720].includes(milliseconds))).toEqual([90, 180, 360]);
  });

  it('retries a step whose model failed, with a warning and without an error or a stack', async () => {
    const lines: string[] = [];
    const unwatch = watchLog((line) => lines.push(JSON.stringify(line)));
    const { deliveries } = await gatewayOf(async (_number, count) => {
      if (count === 1) throw new ModelError('unavailable', 'openai answered 503: it is overloaded');
    });
    await enqueueFor(tenantId, ping(tenantId, 6));
    await poll(() => waitingTasks(tenantId)).toEqual([]);
    unwatch();
    expect(deliveries).toHaveLength(2);
    const said = lines.filter((line) => line.includes('overloaded'));
    expect(said).toEqual([expect.stringMatching(/"severity":"warning".*a model failed/)]);
    expect(said[0]).not.toContain('    at ');
  });

  it('does not push a task before its notBefore', async () => {
    const { deliveries } = await gatewayOf(async () => undefined);
    const notBefore = new Date(Date.now() + 400);
    await enqueueFor(tenantId, ping(tenantId, 4, notBefore));
    await poll(() => deliveries.length).toBe(1);
    // Timers have a resolution of one millisecond.
    expect(deliveries[0]?.at).toBeGreaterThanOrEqual(notBefore.getTime() - 1);
  });

  it('creates a new task for later when a step throws NotNow', async () => {
    const { deliveries } = await gatewayOf(async (_number, count) => {
      if (count === 1) throw new NotNow('wait for it', 0.3);
    });
    await enqueueFor(tenantId, ping(tenantId, 5));
    await poll(() => deliveries.length).toBe(2);
    expect(deliveries[0]?.headers['x-cloudtasks-taskname']).not.toBe(deliveries[1]?.headers['x-cloudtasks-taskname']);
    expect(deliveries[1]?.headers['x-cloudtasks-taskretrycount']).toBe('0');
    await poll(() => waitingTasks(tenantId)).toEqual([]);
  });

  it('does not exceed its concurrency', async () => {
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

  it('loses no task when it is closed: the next queue takes over the outbox', async () => {
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
  it('starts a task of another tenant while one tenant holds all slots and thousands of its tasks wait', async () => {
    const other = await createTenant();
    const { gateway, deliveries } = await gatewayOf(() => new Promise(() => undefined), 4);
    for (let number = 1_000; number < 4_000; number += 1) await gateway.queue.create(ping(tenantId, number));
    await poll(() => deliveries.length).toBe(4);
    await gateway.queue.create(ping(other, 1));
    await poll(() => deliveries.map(({ number }) => number)).toEqual([1_000, 1_001, 1_002, 1_003, 1]);
  });

  it('take turns when the outbox is swept, whatever the backlog of one tenant', async () => {
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
  it('gives a task to only one sweeper, and again later when that sweeper did not send it', async () => {
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
