import { expect, test } from 'vitest';
import { listEntityHistory } from '../../../functions/entities/endpoints/list-entity-history.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { entityPath, MAYA, problem, serve } from '../served.ts';

const served = serve(listEntityHistory, receiveAndCommit, proposeChanges);
const PATH = entityPath(MAYA, '/history');

test('200: lists the commits of an entity, newest first, in pages; 404 for other users', async () => {
  const user = await served.createUser();
  const first = await served.remember(user, 'I live in Porto.');
  const second = await served.remember(user, 'I moved and live in Lisbon.');
  const page = (await served.call(user, 'GET', `${PATH}?limit=1`)).body;
  expect(page.items).toMatchObject([{ commit_id: second.commit_id, kind: 'changed', position: 2, remote: null }]);
  const next = (await served.call(user, 'GET', `${PATH}?limit=1&cursor=${page.next_cursor}`)).body;
  expect(next).toMatchObject({
    items: [{ commit_id: first.commit_id, session_id: first.session_id, kind: 'created', position: 1 }],
    next_cursor: null,
  });
  for (const other of await served.others(user))
    expect(await served.call(other, 'GET', PATH)).toMatchObject(problem('not-found', 404));
});

test('404 for an entity that never existed, 422 for a path that is not of an entity, 401 without a token', async () => {
  const user = await served.createUser();
  expect(await served.call(user, 'GET', PATH)).toMatchObject(problem('not-found', 404));
  const path = entityPath('index/profile.json', '/history');
  expect(await served.call(user, 'GET', path)).toMatchObject(problem('invalid-request', 422));
  await served.expectRefused('GET', PATH);
});
