import { expect, test } from 'vitest';
import { getRepoStatus } from '../../../functions/entities/endpoints/get-repo-status.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { addMemory } from '../../../functions/memory/endpoints/add-memory.ts';
import { problem, serve } from '../served.ts';

const served = serve(getRepoStatus, receiveAndCommit, proposeChanges, addMemory);

test('200: counts commits, files and blocks; 404 for other users', async () => {
  const user = await served.createUser();
  const { commit_id } = await served.remember(user, 'I lead the harbour project 7.');
  const path = `/repos/status/${user.userId}`;
  expect(await served.call(user, 'GET', path)).toMatchObject({
    status: 200,
    body: {
      user_id: user.userId,
      status: 'active',
      branch: 'main',
      ontology: 'personal',
      head_commit: commit_id,
      commits: 1,
      files: 4,
      memory_files_count: 1,
      index_stats: { total_blocks: 1, avg_tokens: expect.any(Number) },
      repo_url: null,
      link: { status: 'none' },
      last_sync: null,
      sync: null,
    },
  });
  for (const other of await served.others(user))
    expect(await served.call(other, 'GET', path)).toMatchObject(problem('not-found', 404));
});

test('200 with zero counts for a subject that has facts and no files, 404 for it under another caller', async () => {
  const user = await served.createUser();
  const body = { text: 'I live in Bergen.', user_id: 'tove' };
  expect((await served.call(user, 'POST', '/memory', body)).status).toBe(201);
  const path = '/repos/status/tove';
  expect(await served.call(user, 'GET', path)).toMatchObject({
    status: 200,
    body: { user_id: 'tove', status: 'not_set_up', commits: 0, objects: 0, files: 0, memory_files_count: 0 },
  });
  for (const other of await served.others(user))
    expect(await served.call(other, 'GET', path)).toMatchObject(problem('not-found', 404));
});

test('200 before the repository is set up, 404 for an unknown subject, 422 for a broken id of a user, 401 without a token', async () => {
  const user = await served.createUser();
  const path = `/repos/status/${user.userId}`;
  expect(await served.call(user, 'GET', path)).toMatchObject({
    status: 200,
    body: { user_id: user.userId, status: 'not_set_up', commits: 0, head_commit: null, link: { status: 'none' } },
  });
  for (const other of await served.others(user))
    expect(await served.call(other, 'GET', path)).toMatchObject(problem('not-found', 404));
  expect(await served.call(user, 'GET', '/repos/status/me')).toMatchObject(problem('not-found', 404));
  expect(await served.call(user, 'GET', '/repos/status/usr_me')).toMatchObject(problem('invalid-request', 422));
  await served.expectRefused('GET', path);
});
