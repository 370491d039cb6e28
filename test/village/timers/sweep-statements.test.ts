import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { LOST_AFTER_SECONDS } from '../../../functions/platform/queue/lost-after.ts';
import { useQueue } from '../../../functions/platform/queue/open-queue.ts';
import type { Task } from '../../../functions/platform/queue/task.ts';
import { sweepStatements } from '../../../functions/village/timers/sweep-statements.ts';
import { asOwner } from '../../support/owner.ts';
import { createPeople, startVillage, untilLinked, type Village } from '../village-server.ts';

const tasks: Task[] = [];
let village: Village;
beforeAll(async () => {
  village = await startVillage(sweepStatements);
  useQueue({ create: async (task) => void tasks.push(task), close: async () => undefined });
});
afterAll(async () => {
  await village.close();
  await closeDatabase();
});

const sweep = async () => (await village.invoke('village-sweep-statements')).body;
const age = (seconds: number) =>
  asOwner('update village_knowledge set updated_at = now() - make_interval(secs => $1)', [seconds]);

test('200: enqueues a statement again whose task was lost, but none that is on its way or linked', async () => {
  const { ada } = await createPeople(await openDatabase(), 'ada');
  const { id } = await village.say(ada, 'The gate is open.');
  // Said long ago in another system, but added just now.
  await asOwner(`update village_knowledge set created_at = now() - interval '1 year'`);
  tasks.length = 0;
  expect(await sweep()).toEqual({ status: 'done', forgotten_statements: 0, failed: 0 });
  await age(LOST_AFTER_SECONDS + 1);
  expect(await sweep()).toEqual({ status: 'done', forgotten_statements: 1, failed: 0 });
  expect(tasks).toMatchObject([
    { step: 'village-link-statement', payload: { tenant_id: ada.tenantId, statement_id: id } },
  ]);
  expect((await village.invoke('village-link-statement', tasks[0]?.payload)).status).toBe(200);
  await untilLinked(ada);
  await age(LOST_AFTER_SECONDS + 1);
  expect(await sweep()).toMatchObject({ forgotten_statements: 0 });
});

test('401 without the token of the scheduler', async () => {
  expect((await village.call('POST', '/internal/timers/village-sweep-statements')).status).toBe(401);
});
