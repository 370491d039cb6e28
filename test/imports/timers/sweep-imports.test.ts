import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { LOST_AFTER_SECONDS } from '../../../functions/platform/queue/lost-after.ts';
import { useQueue } from '../../../functions/platform/queue/open-queue.ts';
import type { Task } from '../../../functions/platform/queue/task.ts';
import { createPerson } from '../../entities/people.ts';
import { asOwner } from '../../support/owner.ts';
import { conversation } from '../exports.ts';
import { type ImportServer, startImportServer } from '../import-server.ts';

const tasks: Task[] = [];
let server: ImportServer;
beforeAll(async () => {
  server = await startImportServer();
  useQueue({ create: async (task) => void tasks.push(task), close: async () => undefined });
});
afterAll(() => server.close());

const sweep = async () => (await server.invoke('imports-sweep-imports')).body;
const age = (column: string, seconds: number) =>
  asOwner(`update imports set ${column} = now() - make_interval(secs => $1)`, [seconds]);

test('200: enqueues an import again whose task was lost, but none that is on its way, at work or ended', async () => {
  const person = await createPerson(await openDatabase());
  const upload = await server.upload(person, [conversation('a')]);
  const { id } = await server.as(person, 'POST', '/imports', { uploads: [upload] });
  tasks.length = 0;
  expect(await sweep()).toEqual({ status: 'done', forgotten_imports: 0, failed: 0 });
  await age('updated_at', LOST_AFTER_SECONDS + 1);
  expect(await sweep()).toEqual({ status: 'done', forgotten_imports: 1, failed: 0 });
  const payload = { tenant_id: person.tenantId, user_id: person.userId, import_id: id };
  expect(tasks).toMatchObject([{ step: 'imports-run-import', payload }]);
  await asOwner(`update imports set attempts = 1, lease_until = now() + interval '30 seconds'`);
  expect(await sweep()).toMatchObject({ forgotten_imports: 0 });
  // The queue itself retries an import whose worker died, for ten times as long.
  await age('lease_until', 5 * LOST_AFTER_SECONDS);
  expect(await sweep()).toMatchObject({ forgotten_imports: 0 });
  await age('lease_until', 11 * LOST_AFTER_SECONDS);
  expect(await sweep()).toMatchObject({ forgotten_imports: 1 });
  expect((await server.invoke('imports-run-import', tasks[0]?.payload)).body).toEqual({ status: 'done' });
  expect(await server.ended(person, id)).toMatchObject({ status: 'completed', progress: { items: 1 } });
  await age('updated_at', 11 * LOST_AFTER_SECONDS);
  expect(await sweep()).toMatchObject({ forgotten_imports: 0 });
});

test('401 without the token of the scheduler', async () => {
  expect((await server.call('POST', '/internal/timers/imports-sweep-imports')).status).toBe(401);
});
