import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { ENGINE_VERSION } from '../../../functions/runs/engine-version.ts';
import { asOwner, holdQueue, openBench, type RunBench } from '../bench.ts';
import { insertDeadLetter } from '../endpoints/dead-letters.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
  holdQueue();
});
afterAll(() => bench.close());

const measure = async () => (await bench.server.invoke('runs-measure-engine')).body;

it('reports zeros when nothing is behind', async () => {
  expect(await measure()).toMatchObject({
    status: 'done',
    oldest_unsent_seconds: 0,
    oldest_stalled_seconds: 0,
    foreign_engine_runs: 0,
    dead_letters: 0,
    forgotten_tries: 0,
  });
});

it('reports the age of the oldest task that is not in the queue and of the oldest node that does not move', async () => {
  await bench.start();
  await asOwner(`update run_nodes set rung_at = now() - interval '500 seconds' where rung_at is not null`);
  await asOwner(`update outbox set created_at = now() - interval '400 seconds'`);
  const seen = await measure();
  // Both ages grow while the test runs.
  const [after] = await asOwner<{ unsent: number; stalled: number }>(
    `select (select extract(epoch from now() - min(created_at)) from outbox)::float8 as unsent,
      (select extract(epoch from now() - min(rung_at)) from run_nodes)::float8 as stalled`,
  );
  expect(seen.oldest_unsent_seconds).toBeGreaterThanOrEqual(400);
  expect(seen.oldest_unsent_seconds).toBeLessThanOrEqual(after?.unsent ?? 0);
  expect(seen.oldest_stalled_seconds).toBeGreaterThanOrEqual(500);
  expect(seen.oldest_stalled_seconds).toBeLessThanOrEqual(after?.stalled ?? 0);
});

it('counts runs of other engine versions and dead letters', async () => {
  const id = await bench.start();
  await asOwner('update sessions set engine_version = $2 where id = $1', [id, ENGINE_VERSION + 1]);
  await insertDeadLetter(bench, id);
  expect(await measure()).toMatchObject({ foreign_engine_runs: 1, dead_letters: 1 });
});

it('deletes attempts that were last made more than a day ago, once', async () => {
  await asOwner(
    `insert into dead_letters (id, tenant_id, step, queue, payload, work, attempts, tried_at)
      values ($1, $2, 'runs-settle-run', 'control', '{}', 'old', 5, now() - interval '25 hours')`,
    [createId('dead'), bench.person.tenantId],
  );
  expect(await measure()).toMatchObject({ forgotten_tries: 1 });
  expect(await measure()).toMatchObject({ forgotten_tries: 0 });
});
