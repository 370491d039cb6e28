import { afterAll, beforeAll, expect, it } from 'vitest';
import { planFor } from '../../support/team-script.ts';
import { asOwner, openBench, type RunBench } from '../bench.ts';
import { describeRefusals } from './refusals.ts';

let bench: RunBench;
let id: string;
beforeAll(async () => {
  bench = await openBench();
  id = (await bench.play({ plan: planFor('backend') })).id;
});
afterAll(() => bench.close());

const remove = (runId: string) => bench.server.call('DELETE', `/api/v1/runs/${runId}`, { token: bench.person.token });

describeRefusals({
  bench: () => bench,
  method: 'DELETE',
  path: (runId) => `/api/v1/runs/${runId}`,
  id: () => id,
  writes: true,
});

it('answers 409 for a run that has not ended', async () => {
  bench.team.perform({ plan: [{ text: '…', silentAfter: 1 }] });
  const running = await bench.start();
  expect(await remove(running)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('cancel it before you delete it') },
  });
  await bench.server.call('POST', `/api/v1/runs/${running}/cancel`, { token: bench.person.token });
});

it('answers 204 and deletes the run with its rows; its entries in the usage ledger are kept', async () => {
  const paid = await asOwner('select cost from usage_ledger where run_id = $1 order by id', [id]);
  expect(paid.length).toBeGreaterThan(0);
  expect((await remove(id)).status).toBe(204);
  expect(
    await asOwner(
      `select (select count(*) from sessions where id = $1) + (select count(*) from run_nodes where run_id = $1)
        + (select count(*) from run_events where run_id = $1) + (select count(*) from model_turns where run_id = $1) as rows`,
      [id],
    ),
  ).toEqual([{ rows: 0 }]);
  expect(await asOwner('select cost from usage_ledger where run_id = $1 order by id', [id])).toEqual(paid);
  expect(await asOwner('select tenant_id from deleted_runs where run_id = $1', [id])).toEqual([
    { tenant_id: bench.person.tenantId },
  ]);
  expect((await remove(id)).status).toBe(404);
});
