import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { syncRepos } from '../../../functions/entities/timers/sync-repos.ts';
import { serveWithGit } from '../sync/serve-with-git.ts';

const served = serveWithGit(syncRepos);
const rows = (text: string, values: unknown[] = []) => served.sql(hash('md5', text), text, values);

test('enqueues each due sync once, of enabled users with a stored token; counts a failing row and goes on', async () => {
  const people = await Promise.all(
    ['good', 'bad', 'disabled', 'shut', 'later', 'tokenless'].map(() => served.createUser()),
  );
  const [good, bad, disabled, shut, later, tokenless] = people;
  if (!good || !bad || !disabled || !shut || !later || !tokenless) throw new Error('There are six people');
  const repository = served.createRepository();
  for (const user of people)
    await served.setup(user, {
      repo_url: repository,
      ...(user === tokenless ? {} : { github_token: served.git.token }),
    });
  for (const user of people.filter((other) => other !== tokenless))
    while ((await served.status(user)).sync === null) await sleep(20);
  await rows(`update memory_links set next_sync_at = now() - interval '1 minute' where user_id = any ($1)`, [
    people.filter((user) => user !== later).map(({ userId }) => userId),
  ]);
  await rows('update users set disabled_at = now() where id = $1', [disabled.userId]);
  await rows('update tenants set disabled_at = now() where id = $1', [shut.tenantId]);
  await rows(`create function test_refuse() returns trigger language plpgsql as $$
    begin if new.user_id = '${bad.userId}' then raise exception 'a bad row'; end if; return new; end $$`);
  await rows('create trigger test_refuse before update on memory_links for each row execute function test_refuse()');
  const fences = async () =>
    new Map(
      (await rows('select user_id, fence from memory_links')).map((row) => [String(row.user_id), Number(row.fence)]),
    );
  const before = await fences();
  const [one, other] = await Promise.all([served.invoke('entities-sync-repos'), served.invoke('entities-sync-repos')]);
  await rows('drop trigger test_refuse on memory_links');
  await rows('drop function test_refuse()');
  // Both ticks together enqueued the good sync once, although a row before it fails.
  expect([one, other].map(({ body }) => body.failed)).toEqual([1, 1]);
  expect(one?.body.due_links + other?.body.due_links).toBe(1);
  const moved = async () => {
    const now = await fences();
    return people.map(({ userId }) => (now.get(userId) ?? 0) - (before.get(userId) ?? 0));
  };
  while ((await moved())[0] === 0) await sleep(20);
  expect((await moved()).slice(1)).toEqual([0, 0, 0, 0, 0]);
});
