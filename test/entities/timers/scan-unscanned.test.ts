import { expect, test } from 'vitest';
import { getJob } from '../../../functions/entities/endpoints/get-job.ts';
import { listEntities } from '../../../functions/entities/endpoints/list-entities.ts';
import { readEntity } from '../../../functions/entities/endpoints/read-entity.ts';
import { archiveSession } from '../../../functions/entities/session.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { scanUnscanned } from '../../../functions/entities/timers/scan-unscanned.ts';
import { createId } from '../../../functions/platform/id.ts';
import type { Person } from '../people.ts';
import { entityPath, serve } from '../served.ts';

const served = serve(getJob, listEntities, proposeChanges, readEntity, scanUnscanned);
const scan = async () => (await served.invoke('entities-scan-unscanned')).body;

const archiveRun = async (user: Person) => {
  const runId = createId('run');
  const material = {
    task: 'I prefer PostgreSQL for my shop.',
    reports: [{ worker: 'backend', text: 'I decided to keep carts in Redis.' }],
    model: { provider: 'rehearsal' as const, model: 'script' },
  };
  await served.database
    .as({ kind: 'tenant', tenantId: user.tenantId })
    .transaction((transaction) =>
      archiveSession(transaction, { tenantId: user.tenantId, runId, userId: user.userId, kind: 'sprint', material }),
    );
  return runId;
};
/** Ages a run past the grace period of the timer. */
const age = (runId: string) =>
  served.sql('age', `update memory_sessions set created_at = created_at - interval '2 minutes' where id = $1`, [runId]);

test('receives each ended run once: the task goes to the profile, reports to files of their workers', async () => {
  const user = await served.createUser();
  const runId = await archiveRun(user);
  expect(await scan()).toMatchObject({ status: 'done', scanned_sessions: 0 });
  await age(runId);
  expect(await scan()).toMatchObject({ scanned_sessions: 1, failed: 0 });
  expect(await scan()).toMatchObject({ scanned_sessions: 0, failed: 0 });
  const jobs = await served.sql('jobs', 'select id from memory_jobs where user_id = $1', [user.userId]);
  expect(jobs).toHaveLength(1);
  const { body } = await served.settled(user, `/memory/jobs/${jobs[0]?.id}`);
  expect(body).toMatchObject({ status: 'committed', session_id: runId });
  const { items } = (await served.call(user, 'GET', '/memory/entities')).body;
  expect(items.map(({ path }: { path: string }) => path)).toEqual(['memories/contexts/backend.md', 'profile.md']);
  expect((await served.call(user, 'GET', entityPath('profile.md'))).body.text).toContain('I prefer PostgreSQL');
});

test('counts a run that cannot be received, goes on with the others, and tries it again at the next tick', async () => {
  const user = await served.createUser();
  const [bad, good] = [await archiveRun(user), await archiveRun(user)];
  for (const id of [bad, good]) await age(id);
  const spoil = 'update memory_sessions set material = $2 where id = $1';
  const [row] = await served.sql('material', 'select material from memory_sessions where id = $1', [bad]);
  await served.sql('spoil', spoil, [bad, '{"task": 7}']);
  expect(await scan()).toMatchObject({ scanned_sessions: 1, failed: 1 });
  await served.sql('spoil', spoil, [bad, JSON.stringify(row?.material)]);
  expect(await scan()).toMatchObject({ scanned_sessions: 1, failed: 0 });
});
