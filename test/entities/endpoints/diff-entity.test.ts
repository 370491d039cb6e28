import { expect, test } from 'vitest';
import { diffEntity } from '../../../functions/entities/endpoints/diff-entity.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { entityPath, MAYA, problem, serve } from '../served.ts';

const served = serve(diffEntity, receiveAndCommit, proposeChanges);
const PATH = entityPath(MAYA, '/diff');

test('200: shows the newest change by default, and the changes between two moments', async () => {
  const user = await served.createUser();
  const first = await served.remember(user, 'I live in Porto.');
  const between = new Date().toISOString();
  const second = await served.remember(user, 'I moved and live in Lisbon.');
  const newest = (await served.call(user, 'GET', PATH)).body;
  expect(newest).toMatchObject({
    path: MAYA,
    from: first.commit_id,
    to: second.commit_id,
    blocks: [{ kind: 'added', before: null, after: expect.stringContaining('Lisbon') }],
  });
  const dated = (await served.call(user, 'GET', `${PATH}?from=2020-01-01T00:00:00Z&to=${between}`)).body;
  expect(dated).toMatchObject({ from: null, to: first.commit_id });
  expect(JSON.stringify(dated.blocks)).toContain('Porto');
});

test('404 for an unknown commit, an unknown entity and other users', async () => {
  const user = await served.createUser();
  expect(await served.call(user, 'GET', PATH)).toMatchObject(problem('not-found', 404));
  await served.remember(user, 'I live in Porto.');
  expect(await served.call(user, 'GET', `${PATH}?from=${'0'.repeat(40)}`)).toMatchObject(problem('not-found', 404));
  for (const other of await served.others(user))
    expect(await served.call(other, 'GET', PATH)).toMatchObject(problem('not-found', 404));
});

test('422 for an end that is neither a commit nor a time, 401 without a token', async () => {
  expect(await served.call(await served.createUser(), 'GET', `${PATH}?from=yesterday`)).toMatchObject({
    ...problem('invalid-request', 422),
    body: { detail: 'query.from: must be a commit id, or a time with its zone, such as 2026-11-29T09:30:00Z' },
  });
  await served.expectRefused('GET', PATH);
});
