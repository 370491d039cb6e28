import { expect, test } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { serveWithGit } from '../sync/serve-with-git.ts';

const served = serveWithGit();
const run = (payload: object) => served.invoke('entities-sync-repo', payload);

const linked = async () => {
  const user = await served.createUser();
  const repository = served.createRepository({ 'README.md': 'Mine.\n' });
  await served.setup(user, { repo_url: repository, github_token: served.git.token });
  await served.synced(user);
  return { user, repository, payload: served.payloadOf(user) };
};

test('done: takes a commit once when it runs three times concurrently and once more', async () => {
  const { user, repository, payload } = await linked();
  const { fence } = (await served.linkRow(user)) ?? {};
  served.git.commit(repository, 'main', { 'a.txt': 'a\n' });
  const answers = await Promise.all([1, 2, 3].map(() => run(payload)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(answers.map(({ body }) => body.status)).toContain('done');
  expect(await run(payload)).toMatchObject({ status: 200 });
  await served.syncEndedAfter(user, fence);
  const count = 'select count(*)::int as count from memory_commits where user_id = $1';
  expect(await served.sql('count', count, [user.userId])).toEqual([{ count: 2 }]);
  expect((await served.status(user)).head_commit).toBe(served.git.tip(repository));
});

test('later: schedules another task while a concurrent sync holds the lease', async () => {
  const { user, payload } = await linked();
  const lease = `update memory_links set lease_until = now() + interval '1 minute' where user_id = $1`;
  await served.sql('lease', lease, [user.userId]);
  expect(await run(payload)).toMatchObject({ status: 200, body: { status: 'later' } });
});

test('done: ignores a user without a linked repository', async () => {
  const { payload } = await linked();
  expect(await run({ ...payload, user_id: createId('usr') })).toMatchObject({ status: 200, body: { status: 'done' } });
});

test('422 for an invalid payload', async () => {
  expect((await run({ tenant_id: 'x' })).status).toBe(422);
});
