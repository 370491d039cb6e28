import { expect, test } from 'vitest';
import { readEntity } from '../../../functions/entities/endpoints/read-entity.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { receiveSession } from '../../../functions/entities/endpoints/receive-session.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { scopeOf } from '../people.ts';
import { entityPath, MAYA, newSessionId, problem, serve, turn } from '../served.ts';

const served = serve(readEntity, receiveAndCommit, receiveSession, proposeChanges);
const PATH = '/memory/process-and-commit';

test('202: returns a queued job when the caller does not wait', async () => {
  const body = { session_id: newSessionId(), conversation: 'Maya: I sail.' };
  expect(await served.call(await served.createUser(), 'POST', PATH, body)).toMatchObject({
    status: 202,
    body: { status: 'queued', commit_id: null },
  });
});

test('200: commits a transcript of 400 turns in one call', async () => {
  const user = await served.createUser();
  const turns = Array.from({ length: 400 }, (_, index) =>
    turn(index % 2 ? 'Maya' : 'Leo', `I told the story number ${index} of my boat.`),
  );
  const answer = await served.call(user, 'POST', `${PATH}?wait=20`, { session_id: newSessionId(), turns });
  expect(answer).toMatchObject({ status: 200, body: { status: 'committed', faults: [] } });
  const [row] = await served.database
    .as(scopeOf(user))
    .query({ name: 'test_count_turns', text: 'select count(*)::int as count from memory_turns' });
  expect(row).toEqual({ count: 400 });
});

test('200: commits a session that was staged before; 409 with both sides when the branch has changed the same block', async () => {
  const user = await served.createUser();
  const { commit_id } = await served.remember(user, 'I live in Porto.');
  const first = await served.stageEdit(user, commit_id, 'Porto', 'Lisbon');
  const second = await served.stageEdit(user, commit_id, 'Porto', 'Faro');
  const commit = (session_id: string) =>
    served.call(user, 'POST', `${PATH}?wait=20`, { session_id, conversation: 'not read again' });
  expect(await commit(first)).toMatchObject({ status: 200, body: { session_id: first, status: 'committed' } });
  const refused = await commit(second);
  expect(refused).toMatchObject(problem('conflict', 409));
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(refused.body.conflicts).toMatchObject([
    {
      path: MAYA,
      base: expect.stringContaining('Porto'),
      branch: expect.stringContaining('Lisbon'),
      session: expect.stringContaining('Faro'),
    },
  ]);
});

test.each([
  ['2026-05-02T01:15:00+05:30', '2026-05-02'],
  ['2026-05-02T22:45:00-07:00', '2026-05-02'],
])('200: files a session of %s under its own day', async (said_at, day) => {
  const user = await served.createUser();
  const session_id = newSessionId();
  const turns = [{ ...turn('Maya', 'I started my job today.'), said_at }];
  expect((await served.call(user, 'POST', `${PATH}?wait=20`, { session_id, turns })).body.status).toBe('committed');
  const { body } = await served.call(user, 'GET', entityPath(MAYA));
  expect(body).toMatchObject({ path: MAYA });
  expect(body.text).toContain(`### ${day} ${session_id}`);
});

test('422 for a body without a session, 401 without a token, 403 for a viewer', async () => {
  expect(await served.call(await served.createUser(), 'POST', PATH, {})).toMatchObject(problem('invalid-request', 422));
  await served.expectRefused('POST', PATH, { conversation: 'Maya: I was here.' });
});
