import { expect, test } from 'vitest';
import { startSync } from '../../../functions/entities/endpoints/start-sync.ts';
import { putSecret } from '../../../functions/identity/endpoints/put-secret.ts';
import type { Person } from '../people.ts';
import { scopeOf } from '../people.ts';
import { problem } from '../served.ts';
import { serveWithGit } from '../sync/serve-with-git.ts';

const served = serveWithGit(putSecret, startSync);
const PATH = '/repos/sync';
const sync = (user: Person, body: object = {}, query = '') => served.call(user, 'POST', `${PATH}${query}`, body);

test('200 with a token, which is used once and not stored', async () => {
  const user = await served.createUser();
  await served.setup(user, { repo_url: served.createRepository({ 'README.md': 'Mine.\n' }) });
  expect(await sync(user, { github_token: served.git.token })).toMatchObject({
    status: 200,
    body: { last_sync: expect.stringMatching(/^20.+Z$/), sync: { outcome: 'synced' }, link: { has_token: false } },
  });
  expect(await served.linkRow(user)).toMatchObject({ ciphertext: null, wrapped_key: null, lease_until: null });
});

test('202 with the stored token, 200 when the caller waits', async () => {
  const user = await served.createUser();
  const repository = served.createRepository();
  await served.setup(user, { repo_url: repository, github_token: served.git.token });
  await served.synced(user);
  const { fence } = (await served.linkRow(user)) ?? {};
  expect((await sync(user)).status).toBe(202);
  await served.syncEndedAfter(user, fence);
  const found = served.git.commit(repository, 'main', { 'README.md': 'Hello.\n' });
  expect(await sync(user, {}, '?wait=30')).toMatchObject({
    status: 200,
    body: { head_commit: found, sync: { outcome: 'synced', pulled: { commits: 1 } } },
  });
});

test('404 without a linked repository, and for the linked repository of another user', async () => {
  const user = await served.createUser('admin');
  expect(await sync(user)).toMatchObject(problem('not-found', 404));
  await served.setup(user, { repo_url: served.createRepository(), github_token: served.git.token });
  await served.synced(user);
  const before = await served.linkRow(user);
  for (const other of await served.others(user)) {
    expect(await sync(other, { github_token: served.git.token })).toMatchObject(problem('not-found', 404));
    expect((await served.setup(other, { repo_url: null })).status).toBe(201);
    const query = { name: 'test_links', text: 'select id from memory_links' };
    expect(await served.database.as(scopeOf(other)).query(query)).toEqual([]);
  }
  expect(await served.linkRow(user)).toEqual(before);
});

test('409 without any token; the tenant secret github_token is not used for the repository of a member', async () => {
  const user = await served.createUser('admin');
  const repository = served.createRepository();
  await served.call(user, 'PUT', '/tenant/secrets/github_token', { value: served.git.token });
  await served.setup(user, { repo_url: repository });
  expect(await sync(user)).toMatchObject(problem('conflict', 409));
  expect((await served.invoke('entities-sync-repo', served.payloadOf(user))).status).toBe(200);
  expect(served.git.requests.some(({ line }) => line.includes(repository))).toBe(false);
  expect((await served.status(user)).sync).toBeNull();
  const audit = `select action from audit_log where tenant_id = $1 and action = 'identity-use-secret'`;
  expect(await served.sql('audit', audit, [user.tenantId])).toEqual([]);
});

test('409 while another sync is running', async () => {
  const user = await served.createUser();
  await served.setup(user, { repo_url: served.createRepository() });
  const lease = `update memory_links set lease_until = now() + interval '1 minute' where user_id = $1`;
  await served.sql('lease', lease, [user.userId]);
  expect(await sync(user, { github_token: served.git.token })).toMatchObject(problem('conflict', 409));
});

test('422 for a malformed token or a wait that is too long, 401 without a token, 403 for a viewer', async () => {
  const user = await served.createUser();
  expect(await sync(user, { github_token: 'x' })).toMatchObject(problem('invalid-request', 422));
  expect(await sync(user, {}, '?wait=1000')).toMatchObject(problem('invalid-request', 422));
  await served.expectRefused('POST', PATH, {});
});
