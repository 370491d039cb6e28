import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { deleteRun } from '../../../functions/runs/sql/deleted-run.ts';
import { asOwner, openBench, type RunBench } from '../bench.ts';

/** Two transactions at once, which the embedded database does not have. */
let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const changes = async (since?: string) => {
  const query = since === undefined ? '' : `?since=${encodeURIComponent(since)}`;
  return (await bench.server.call('GET', `/api/v1/runs/changes${query}`, { token: bench.person.token })).body;
};

it('lists a run whose change commits after the watermark was read', async () => {
  bench.team.perform({ thinker: [{ text: 'Done.' }] });
  const id = await bench.startRun({ agent_type: 'thinker' });
  await bench.runEnded(id);
  const database = await openDatabase();
  let before = '';
  await database.as({ kind: 'tenant', tenantId: bench.person.tenantId }).transaction(async (transaction) => {
    await transaction.query({
      name: 'test_touch',
      text: 'update sessions set error = $2 where id = $1',
      values: [id, 'late'],
    });
    // A later transaction commits first, and the reader has seen it.
    await asOwner('select pg_current_xact_id()::text');
    before = (await changes()).watermark;
  });
  const { items } = await changes(before);
  expect(items.find((run: { id: string }) => run.id === id)).toMatchObject({ error: 'late' });
});

it('tells of a run whose deletion commits after the watermark was read', async () => {
  bench.team.perform({ thinker: [{ text: 'Done.' }] });
  const id = await bench.startRun({ agent_type: 'thinker' });
  await bench.runEnded(id);
  const database = await openDatabase();
  let before = '';
  await database.as({ kind: 'tenant', tenantId: bench.person.tenantId }).transaction(async (transaction) => {
    await transaction.query(deleteRun(id));
    // A later transaction commits first, and the reader has seen it.
    await asOwner('select pg_current_xact_id()::text');
    before = (await changes()).watermark;
    expect((await changes(before)).deleted).toEqual([]);
  });
  expect((await changes(before)).deleted).toEqual([{ id, deleted_at: expect.any(String) }]);
});
