import { hash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { archiveSession } from '../../../functions/entities/session.ts';
import { sweepSessions } from '../../../functions/memory/timers/sweep-sessions.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { LOST_AFTER_SECONDS } from '../../../functions/platform/queue/lost-after.ts';
import { useQueue } from '../../../functions/platform/queue/open-queue.ts';
import type { Task } from '../../../functions/platform/queue/task.ts';
import { asOwner, createPerson } from '../../entities/people.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const tasks: Task[] = [];
let server: TestServer;
beforeAll(async () => {
  server = await startServer([sweepSessions]);
  useQueue({ create: async (task) => void tasks.push(task), close: async () => undefined });
});
afterAll(async () => {
  await server.close();
  await closeDatabase();
});

const sweep = async () => (await server.invoke('memory-sweep-sessions')).body;

test('200: enqueues a session again whose task was lost, but none that is on its way, begun or learned', async () => {
  const database = await openDatabase();
  const set = (text: string) =>
    asOwner(database, (transaction) => transaction.query({ name: `test_${hash('md5', text)}`, text }));
  const person = await createPerson(database);
  const runId = createId('run');
  const { tenantId, userId } = person;
  const material = { task: 'Build a shop.', reports: [], model: { provider: 'rehearsal', model: 'script' } } as const;
  await database
    .as({ kind: 'tenant', tenantId })
    .transaction((transaction) =>
      archiveSession(transaction, { tenantId, runId, userId, kind: 'sprint', material: { ...material, reports: [] } }),
    );
  tasks.length = 0;
  expect(await sweep()).toEqual({ status: 'done', forgotten_sessions: 0, failed: 0 });
  await set(`update memory_sessions set updated_at = now() - interval '2 minutes'`);
  expect(await sweep()).toEqual({ status: 'done', forgotten_sessions: 1, failed: 0 });
  expect(tasks).toMatchObject([{ step: 'memory-extract-facts', payload: { tenant_id: tenantId, run_id: runId } }]);
  // The queue itself retries a session that was begun, for ten times as long.
  const begun = (seconds: number) =>
    set(`update memory_sessions set attempts = 1, lease_until = now() - interval '${seconds} seconds'`);
  await begun(5 * LOST_AFTER_SECONDS);
  expect(await sweep()).toMatchObject({ forgotten_sessions: 0 });
  await begun(11 * LOST_AFTER_SECONDS);
  expect(await sweep()).toMatchObject({ forgotten_sessions: 1 });
  // A session that waits for the next day's budget has a task for then; it is tried ever less often until then.
  const postponed = (times: number) =>
    set(`update memory_sessions set attempts = ${times}, postponements = ${times}, lease_until = null,
      updated_at = now() - interval '${25 * LOST_AFTER_SECONDS} seconds'`);
  await postponed(3);
  expect(await sweep()).toMatchObject({ forgotten_sessions: 0 });
  await postponed(1);
  expect(await sweep()).toMatchObject({ forgotten_sessions: 1 });
  await set(`update memory_sessions set status = 'learned', learned_at = now()`);
  expect(await sweep()).toMatchObject({ forgotten_sessions: 0 });
});

test('401 without the token of the scheduler', async () => {
  expect((await server.call('POST', '/internal/timers/memory-sweep-sessions')).status).toBe(401);
});
