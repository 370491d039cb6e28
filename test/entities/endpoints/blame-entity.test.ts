import { expect, test } from 'vitest';
import { blameEntity } from '../../../functions/entities/endpoints/blame-entity.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { entityPath, MAYA, problem, serve } from '../served.ts';

const served = serve(blameEntity, receiveAndCommit, proposeChanges);
const PATH = entityPath(MAYA, '/blame');

test('200: names the session of each block, newest first, in pages and by block; 404 for other users', async () => {
  const user = await served.createUser();
  const first = await served.remember(user, 'I live in Porto.', '2026-03-03T10:00:00Z');
  const second = await served.remember(user, 'I have 2 cats.', '2026-05-03T10:00:00Z');
  const { items } = (await served.call(user, 'GET', PATH)).body;
  const from = ({ commit_id, session_id }: typeof first) => ({ commit_id, source_id: session_id });
  expect(items).toMatchObject([
    { ...from(second), proposer: 'rules', session_kind: 'transcript', trust: 'untrusted', until: null, ended_by: null },
    { ...from(first), is_reverted: false },
  ]);
  const page = (await served.call(user, 'GET', `${PATH}?limit=1`)).body;
  const next = (await served.call(user, 'GET', `${PATH}?limit=1&cursor=${page.next_cursor}`)).body;
  expect([...page.items, ...next.items]).toEqual(items);
  expect(next.next_cursor).toBeNull();
  expect((await served.call(user, 'GET', `${PATH}?block=${items[1].block}`)).body.items).toEqual([items[1]]);
  for (const other of await served.others(user))
    expect(await served.call(other, 'GET', PATH)).toMatchObject(problem('not-found', 404));
});

test('404 for an unknown entity or block, 422 for a path that is not of an entity, 401 without a token', async () => {
  const user = await served.createUser();
  expect(await served.call(user, 'GET', PATH)).toMatchObject(problem('not-found', 404));
  await served.remember(user, 'I live in Porto.');
  expect(await served.call(user, 'GET', `${PATH}?block=nothing`)).toMatchObject(problem('not-found', 404));
  const path = entityPath('timeline/2026-03.md', '/blame');
  expect(await served.call(user, 'GET', path)).toMatchObject(problem('invalid-request', 422));
  await served.expectRefused('GET', PATH);
});
