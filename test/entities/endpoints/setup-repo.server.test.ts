import { expect, test } from 'vitest';
import { readEntity } from '../../../functions/entities/endpoints/read-entity.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { entityPath, problem } from '../served.ts';
import { serveWithGit, stopKeyService } from '../sync/serve-with-git.ts';

const served = serveWithGit(proposeChanges, readEntity, receiveAndCommit);
const PATH = '/repos/setup';

test('201 for a new repository, 200 for a change; the ontology decides the folders of later files', async () => {
  const user = await served.createUser();
  expect((await served.setup(user, {})).status).toBe(201);
  expect(await served.setup(user, { ontology: 'corporate' })).toMatchObject({
    status: 200,
    body: { status: 'active', ontology: 'corporate', head_commit: null },
  });
  await served.remember(user, 'I lead the harbour project 7.');
  expect((await served.call(user, 'GET', entityPath('entities/people/maya.md'))).status).toBe(200);
});

test('201 with a repository and a token: syncs at once; 200 and no change when repeated', async () => {
  const user = await served.createUser();
  const repository = served.createRepository({ 'README.md': 'Mine.\n' });
  const { git } = served;
  expect(await served.setup(user, { repo_url: repository, github_token: git.token })).toMatchObject({
    status: 201,
    body: {
      repo_url: `https://${git.host}/${repository}`,
      link: { status: 'linked', branch: 'main', has_token: true, next_sync_at: expect.any(String) },
    },
  });
  expect(await served.synced(user)).toMatchObject({
    sync: { pulled: { commits: 1 } },
    link: { is_syncing: false },
  });
  const { id } = (await served.linkRow(user)) ?? {};
  const again = await served.setup(user, { repo_url: `https://${git.host}/${repository}.git` });
  expect(again).toMatchObject({ status: 200, body: { link: { has_token: true }, ontology: 'personal' } });
  expect((await served.linkRow(user))?.id).toBe(id);
  // Another token makes another link to the same repository.
  await served.setup(user, { repo_url: repository, github_token: 'ghp_AnotherTokenOfTheSame' });
  expect((await served.linkRow(user))?.id).not.toBe(id);
  expect((await served.linkRow(user))?.remote_commit).toBe(git.tip(repository));
});

test('200: another branch does not inherit the stored token', async () => {
  const user = await served.createUser();
  const repository = served.createRepository();
  await served.setup(user, { repo_url: repository, github_token: served.git.token });
  await served.synced(user);
  const moved = await served.setup(user, { repo_url: repository, branch: 'other' });
  expect(moved.body).toMatchObject({
    link: { branch: 'other', has_token: false, next_sync_at: null },
    sync: null,
  });
  expect(await served.linkRow(user)).toMatchObject({ ciphertext: null, wrapped_key: null, remote_commit: null });
});

test('200: null unlinks the repository and deletes its token; omitted fields stay as they are', async () => {
  const user = await served.createUser();
  const repository = served.createRepository();
  await served.setup(user, { ontology: 'corporate', repo_url: repository, github_token: served.git.token });
  await served.synced(user);
  expect((await served.setup(user, {})).body).toMatchObject({ ontology: 'corporate', link: { status: 'linked' } });
  const ended = await served.setup(user, { repo_url: null });
  expect(ended).toMatchObject({ status: 200, body: { repo_url: null, link: { status: 'none' }, sync: null } });
  expect(await served.linkRow(user)).toBeUndefined();
  expect((await served.setup(user, { repo_url: null })).status).toBe(200);
  const audit = `select action, data from audit_log where user_id = $1 and action like 'memory-%link%' order by id`;
  expect(await served.sql('audit', audit, [user.userId])).toEqual([
    { action: 'memory-link-repo', data: { host: served.git.host } },
    { action: 'memory-unlink-repo', data: {} },
  ]);
});

test.each([
  ['https://evil.example/leo/memory'],
  ['https://127.0.0.1/leo/memory'],
  ['https://169.254.169.254/leo/memory'],
  ['https://[::1]/leo/memory'],
  ['http://localhost/leo/memory'],
  ['file:///etc'],
  ['ext::sh -c touch% /tmp/x'],
  ['--upload-pack=touch /tmp/x'],
  ['git@localhost:leo/memory'],
  ['https://user:pass@localhost/leo/memory'],
  ['leo'],
  [''],
])('422: rejects the address %j and creates nothing', async (repo_url) => {
  const user = await served.createUser();
  const answer = await served.setup(user, { repo_url, github_token: served.git.token });
  expect(answer).toMatchObject(problem('invalid-request', 422));
  expect((await served.call(user, 'GET', `/repos/status/${user.userId}`)).body.status).toBe('not_set_up');
});

test.each([
  [{ ontology: 'none' }],
  [{ github_token: 'ghp_Something' }],
  [{ branch: 'main' }],
  [{ repo_url: null, github_token: 'ghp_Something' }],
  [{ repo_url: 'leo/memory', branch: '--force' }],
  [{ repo_url: 'leo/memory', branch: 'a..b' }],
  [{ repo_url: 'leo/memory', github_token: 'short' }],
  [{ repo_url: 'leo/memory', github_token: 'ghp_two\npassword=lines' }],
  [{ repo_url: 'leo/memory', github_token: 'ghp_with a blank' }],
  [{ repo_url: 'leo/memory', github_token: `ghp_${'x'.repeat(600)}` }],
  [{ repo_url: 7 }],
  [{ repo_url: 'leo/memory', remote: 'x' }],
])('422: rejects %j without repeating the token', async (body) => {
  const answer = await served.setup(await served.createUser(), body);
  expect(answer).toMatchObject(problem('invalid-request', 422));
  expect(JSON.stringify(answer.body)).not.toContain('ghp_');
});

test('502 when the key service is down: stores nothing and keeps the earlier link', async () => {
  const user = await served.createUser();
  await served.setup(user, { repo_url: served.createRepository(), github_token: served.git.token });
  await served.synced(user);
  const before = await served.linkRow(user);
  await stopKeyService();
  const answer = await served.setup(user, { repo_url: 'leo/other', github_token: served.git.token });
  expect(answer).toMatchObject(problem('upstream-failed', 502));
  expect(await served.linkRow(user)).toEqual(before);
});

test('401 without a token, 403 for a viewer', () => served.expectRefused('POST', PATH, {}));
