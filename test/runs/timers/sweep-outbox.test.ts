import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { asOwner, type HeldQueue, holdQueue, oneTo, openBench, type RunBench } from '../bench.ts';

let bench: RunBench;
let queue: HeldQueue;
beforeAll(async () => {
  bench = await openBench();
});
beforeEach(async () => {
  queue = holdQueue();
  await asOwner('delete from outbox');
});
afterAll(() => bench.close());

const sweep = async () => (await bench.server.invoke('runs-sweep-outbox')).body;

it('creates a task that is missing in the queue, once in three concurrent sweeps, and leaves newer tasks alone', async () => {
  await bench.start();
  queue.tasks.length = 0;
  expect(await sweep()).toEqual({ status: 'done', unsent_tasks: 0 });
  await asOwner(`update outbox set created_at = now() - interval '2 minutes'`);
  const counts = await Promise.all(oneTo(3).map(async () => (await sweep()).unsent_tasks));
  expect(counts.toSorted()).toEqual([0, 0, 1]);
  expect(queue.tasks.map(({ step }) => step)).toEqual(['runs-take-turn']);
});

it('creates all tasks of a backlog that is larger than a batch', async () => {
  await asOwner(
    `insert into outbox (tenant_id, task_name, queue, step, payload, created_at)
    select $1, 'backlog-' || n, 'control', 'runs-settle-run', '{}', now() - interval '2 minutes' from generate_series(1, 450) n`,
    [bench.person.tenantId],
  );
  expect(await sweep()).toEqual({ status: 'done', unsent_tasks: 450 });
  expect(new Set(queue.tasks.map(({ name }) => name)).size).toBe(450);
});
