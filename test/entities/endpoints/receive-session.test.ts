import { expect, test } from 'vitest';
import { getJob } from '../../../functions/entities/endpoints/get-job.ts';
import { listEntities } from '../../../functions/entities/endpoints/list-entities.ts';
import { receiveSession } from '../../../functions/entities/endpoints/receive-session.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { scopeOf } from '../people.ts';
import { LEO, MAYA, newSessionId, problem, serve, turn } from '../served.ts';

const served = serve(receiveSession, getJob, listEntities, proposeChanges);
const PATH = '/memory/process-session';

test('202: returns a queued job; then the session is staged as a diff, and no file has changed', async () => {
  const user = await served.createUser();
  const session_id = newSessionId();
  const received = await served.call(user, 'POST', PATH, {
    session_id,
    turns: [turn('Maya', 'I moved to Lisbon in 2024. How are you?')],
  });
  expect(received).toMatchObject({ status: 202, body: { session_id, status: 'queued', changes: [], commit_id: null } });
  const { body: staged } = await served.settled(user, `/memory/jobs/${received.body.id}`);
  expect(staged).toMatchObject({
    status: 'staged',
    proposer: 'rules',
    base_commit: null,
    commit_id: null,
    changes: [{ path: MAYA, kind: 'created' }],
  });
  expect(JSON.stringify(staged.changes)).toContain('- I moved to Lisbon in 2024.');
  expect(JSON.stringify(staged.changes)).not.toContain('How are you');
  expect((await served.call(user, 'GET', '/memory/entities')).body.items).toEqual([]);
});

test('200: returns the staged session when the caller waits; the same session_id is received once', async () => {
  const user = await served.createUser();
  const session_id = newSessionId();
  const conversation = 'Maya: I work at the harbour.\nLeo: I like tea.\nwith milk';
  const first = await served.call(user, 'POST', `${PATH}?wait=20`, { session_id, conversation });
  expect(first).toMatchObject({ status: 200, body: { status: 'staged', changes: [{ path: MAYA }, { path: LEO }] } });
  const other = { session_id, turns: [turn('Maya', 'I said something else.')] };
  expect(await served.call(user, 'POST', `${PATH}?wait=20`, other)).toMatchObject({
    status: 200,
    body: { id: first.body.id, changes: first.body.changes },
  });
  const turns = await served.database
    .as(scopeOf(user))
    .query({ name: 'test_turns', text: 'select speaker, text from memory_turns order by position' });
  expect(turns).toEqual([
    { speaker: 'Maya', text: 'I work at the harbour.' },
    { speaker: 'Leo', text: 'I like tea.\nwith milk' },
  ]);
});

test('409: rejects the session_id of a colleague and accepts that of another tenant', async () => {
  const user = await served.createUser();
  const body = { session_id: newSessionId(), conversation: 'Maya: I keep my own counsel.' };
  expect((await served.call(user, 'POST', `${PATH}?wait=20`, body)).status).toBe(200);
  const colleague = await served.createUser('member', user.tenantId);
  expect(await served.call(colleague, 'POST', PATH, body)).toMatchObject(problem('conflict', 409));
  const stranger = await served.createUser();
  expect((await served.call(stranger, 'POST', `${PATH}?wait=20`, body)).status).toBe(200);
});

test.each([
  ['no conversation and no turns', {}],
  ['an empty list of turns', { turns: [] }],
  ['turns and a conversation', { turns: [turn('Maya', 'x')], conversation: 'x' }],
  ['a turn without text', { turns: [{ speaker: 'Maya' }] }],
  ['a relative time', { turns: [{ ...turn('Maya', 'x'), said_at: 'yesterday' }] }],
  ['a time in year 0', { turns: [{ ...turn('Maya', 'x'), said_at: '0000-06-01T00:00:00Z' }] }],
  ['an offset of a day', { turns: [{ ...turn('Maya', 'x'), said_at: '2026-06-01T00:00:00-23:00' }] }],
  ['a time in year 10000', { turns: [{ ...turn('Maya', 'x'), said_at: '9999-12-31T20:00:00-05:00' }] }],
  ['an empty speaker', { turns: [turn('', 'x')] }],
  ['a session_id that is a path', { conversation: 'x', session_id: '../../etc/passwd' }],
  ['a session_id with two dots', { conversation: 'x', session_id: 'a..b' }],
  ['a session_id that begins with a dot', { conversation: 'x', session_id: '.git' }],
  ['a session_id of 101 characters', { conversation: 'x', session_id: 'x'.repeat(101) }],
  ['an unknown field', { conversation: 'x', user_id: 'usr_other' }],
  ['2001 turns', { turns: Array.from({ length: 2001 }, () => turn('Maya', 'x')) }],
])('422: rejects %s', async (_name, body) => {
  expect(await served.call(await served.createUser(), 'POST', PATH, body)).toMatchObject(
    problem('invalid-request', 422),
  );
});

test('401 without a token and 403 for a viewer; nothing is archived', async () => {
  const session_id = newSessionId();
  await served.expectRefused('POST', PATH, { session_id, conversation: 'Maya: I was here.' });
  expect(await served.sql('session', 'select id from memory_sessions where id = $1', [session_id])).toEqual([]);
});
