import { expect, test } from 'vitest';
import { readEntity } from '../../../functions/entities/endpoints/read-entity.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { entityPath, MAYA, problem, serve } from '../served.ts';

const served = serve(readEntity, receiveAndCommit, proposeChanges);

test('200: reads an entity now and as of a moment, each block with the commit that it came with', async () => {
  const user = await served.createUser();
  await served.remember(user, 'I live in Porto.', '2026-03-03T10:00:00Z');
  const between = new Date().toISOString();
  const first = (await served.call(user, 'GET', entityPath(MAYA))).body;
  await served.remember(user, 'I moved and live in Lisbon.', '2026-05-03T10:00:00Z');
  const now = (await served.call(user, 'GET', entityPath(MAYA))).body;
  const then = (await served.call(user, 'GET', entityPath(MAYA, `?as_of=${between}`))).body;
  expect(then).toEqual(first);
  expect([then.text.includes('Lisbon'), now.text.includes('Lisbon')]).toEqual([false, true]);
  expect(now).toMatchObject({
    path: MAYA,
    name: 'Maya',
    type: 'person',
    blocks: [{ commit_id: first.commit_id }, { commit_id: now.commit_id }],
  });
});

test('404 before the entity existed, for an unknown entity and for other users', async () => {
  const user = await served.createUser();
  await served.remember(user, 'I keep the secret harbour number 4711.');
  const before = entityPath(MAYA, '?as_of=2020-01-01T00:00:00Z');
  for (const path of [before, entityPath('memories/people/nobody.md')])
    expect(await served.call(user, 'GET', path)).toMatchObject(problem('not-found', 404));
  for (const other of await served.others(user))
    expect(await served.call(other, 'GET', entityPath(MAYA))).toMatchObject(problem('not-found', 404));
});

test.each(['index/profile.json', 'sessions/2026-03/x.txt', 'memories/people/.git', 'memories/people/aux.md'])(
  '422: rejects %s, which is not the path of an entity',
  async (path) => {
    const answer = await served.call(await served.createUser(), 'GET', entityPath(path));
    expect(answer).toMatchObject(problem('invalid-request', 422));
  },
);

test('401 without a token', () => served.expectRefused('GET', entityPath(MAYA)));
