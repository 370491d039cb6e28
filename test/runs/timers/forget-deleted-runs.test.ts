import { afterAll, beforeAll, expect, it } from 'vitest';
import { asOwner, openBench, type RunBench } from '../bench.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const forget = async () => (await bench.server.invoke('runs-forget-deleted-runs')).body;

it('forgets tombstones of all tenants that are older than 31 days, once, and keeps the others', async () => {
  const other = await bench.server.signUp();
  await asOwner(
    `insert into deleted_runs (tenant_id, run_id, deleted_at)
      select tenant_id, 'run_' || days, now() - make_interval(days => days)
      from unnest($1::text[]) tenant_id, unnest(array[30, 32]) days`,
    [[bench.person.tenantId, other.tenantId]],
  );
  expect(await forget()).toEqual({ status: 'done', forgotten_runs: 2 });
  expect(await forget()).toEqual({ status: 'done', forgotten_runs: 0 });
  expect(await asOwner('select distinct run_id from deleted_runs')).toEqual([{ run_id: 'run_30' }]);
});
