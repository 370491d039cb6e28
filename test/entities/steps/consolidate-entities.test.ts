import { expect, test } from 'vitest';
import { startConsolidationEndpoint } from '../../../functions/entities/endpoints/start-consolidation.ts';
import { consolidateEntities } from '../../../functions/entities/steps/consolidate-entities.ts';
import { createId } from '../../../functions/platform/id.ts';
import { expectSound } from '../consolidate/repository.ts';
import { createTwoMayas } from '../consolidate/two-mayas.ts';
import { holdTasks, serve } from '../served.ts';

const served = serve(consolidateEntities, startConsolidationEndpoint);
holdTasks();
const run = (payload: object) => served.invoke('entities-consolidate-entities', payload);

const start = async () => {
  const user = await createTwoMayas(served);
  const { body } = await served.call(user, 'POST', '/memory/consolidate', {});
  return { user, payload: { tenant_id: user.tenantId, user_id: user.userId, consolidation_id: body.id } };
};
const rowOf = async ({ consolidation_id: id }: { consolidation_id: string }) =>
  (await served.sql('row', 'select status, attempts from memory_consolidations where id = $1', [id]))[0];

test('done: consolidates once when it runs twice', async () => {
  const { user, payload } = await start();
  expect(await run(payload)).toMatchObject({ status: 200, body: { status: 'done' } });
  const messages = await expectSound(served.database, user);
  expect(messages).toHaveLength(4);
  expect(await run(payload)).toMatchObject({ status: 200, body: { status: 'done' } });
  expect(await expectSound(served.database, user)).toEqual(messages);
  expect(await rowOf(payload)).toEqual({ status: 'committed', attempts: 1 });
});

test('later: schedules another task while a concurrent call holds the lease', async () => {
  const { payload } = await start();
  const lease = `update memory_consolidations set lease_until = now() + interval '1 minute' where id = $1`;
  await served.sql('lease', lease, [payload.consolidation_id]);
  expect(await run(payload)).toMatchObject({ status: 200, body: { status: 'later' } });
  expect(await rowOf(payload)).toEqual({ status: 'queued', attempts: 0 });
});

test('done: ignores an unknown consolidation', async () => {
  const { payload } = await start();
  expect(await run({ ...payload, consolidation_id: createId('con') })).toMatchObject({ body: { status: 'done' } });
});

test('422 for an invalid payload', async () => {
  expect((await run({ tenant_id: 'x' })).status).toBe(422);
});
