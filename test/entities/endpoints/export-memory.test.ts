import { expect, test } from 'vitest';
import { exportMemory } from '../../../functions/entities/endpoints/export-memory.ts';
import { listEntityHistory } from '../../../functions/entities/endpoints/list-entity-history.ts';
import { readEntity } from '../../../functions/entities/endpoints/read-entity.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { entityPath, MAYA, problem, serve } from '../served.ts';

const served = serve(exportMemory, listEntityHistory, readEntity, receiveAndCommit, proposeChanges);

test('200: git clones the bundle, fsck --strict finds no fault, and the commit ids are those of git; 404 for other users', async () => {
  const user = await served.createUser();
  for (const text of ['I live in Porto.', 'I sail on Sundays – ünïcode 🙂.', 'I have 2 cats.'])
    await served.remember(user, text);
  using cloned = await served.clone(user);
  expect(cloned.git('fsck', '--strict', '--full')).toBe('');
  const { items } = (await served.call(user, 'GET', entityPath(MAYA, '/history'))).body;
  expect(cloned.git('log', '--format=%H').split('\n')).toEqual(
    items.map((item: { commit_id: string }) => item.commit_id),
  );
  expect(cloned.git('status', '--porcelain')).toBe('');
  expect(cloned.git('branch', '--show-current')).toBe('main');
  expect(cloned.read(MAYA)).toBe((await served.call(user, 'GET', entityPath(MAYA))).body.text);
  expect(JSON.parse(cloned.read('index/memories/people/maya.json'))).toMatchObject({ path: MAYA, name: 'Maya' });
  for (const other of await served.others(user))
    expect(await served.call(other, 'GET', '/memory/export')).toMatchObject(problem('not-found', 404));
});

test('404 when nothing is committed, 401 without a token', async () => {
  expect(await served.call(await served.createUser(), 'GET', '/memory/export')).toMatchObject(
    problem('not-found', 404),
  );
  await served.expectRefused('GET', '/memory/export');
});
