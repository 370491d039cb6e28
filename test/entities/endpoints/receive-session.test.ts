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

test('200: a transcript with dates has its times, and words of nobody go to no file', async () => {
  const user = await served.createUser();
  const conversation =
    '13/02/2026, 09:30 - Messages are encrypted since 2016.\n13/02/2026, 09:31 - Noor: Nací en 1990.\nTodo: comprar pan\n14/02/2026, 09:31 - Élodie: J’habite à Évry.';
  const received = await served.call(user, 'POST', `${PATH}?wait=20`, { session_id: newSessionId(), conversation });
  expect(received).toMatchObject({ status: 200, body: { status: 'staged', faults: [] } });
  expect(received.body.changes.map(({ path }: { path: string }) => path)).toEqual([
    'memories/people/noor.md',
    'memories/people/elodie.md',
  ]);
  expect(JSON.stringify(received.body.changes)).toContain('- J’habite à Évry.');
  const turns = await served.database
    .as(scopeOf(user))
    .query({ name: 'test_dated', text: 'select speaker, said_at, text from memory_turns order by position' });
  expect(turns).toEqual([
    { speaker: 'unknown', said_at: '2026-02-13T09:30:00Z', text: 'Messages are encrypted since 2016.' },
    { speaker: 'Noor', said_at: '2026-02-13T09:31:00Z', text: 'Nací en 1990.\nTodo: comprar pan' },
    { speaker: 'Élodie', said_at: '2026-02-14T09:31:00Z', text: 'J’habite à Évry.' },
  ]);
});

test('200: faults say when dates could not be read and when nothing was kept', async () => {
  const user = await served.createUser();
  const send = (conversation: string) =>
    served.call(user, 'POST', `${PATH}?wait=20`, { session_id: newSessionId(), conversation });
  const undated = await send('05/04/2026, 10:00 - Noor: I live here.');
  expect(undated.body).toMatchObject({ status: 'staged', faults: [expect.stringContaining('the day or the month')] });
  expect(undated.body.changes).toHaveLength(1);
  expect((await send('I live in Rome.')).body).toMatchObject({
    status: 'staged',
    changes: [],
    faults: [expect.stringContaining('no turn names a person')],
  });
});

test('200: a colleague, another tenant and a subject may have a session of the same id', async () => {
  const user = await served.createUser();
  const others = [await served.createUser('member', user.tenantId), await served.createUser()];
  const session_id = newSessionId();
  const send = (who: typeof user, name: string, more = {}) =>
    served.call(who, 'POST', `${PATH}?wait=20`, { session_id, conversation: `Maya: I am ${name}.`, ...more });
  const answers = [await send(user, 'one'), await send(user, 'two', { user_id: 'alex' })];
  for (const other of others) answers.push(await send(other, 'three'));
  expect(answers.map(({ status, body }) => [status, body.status])).toEqual(answers.map(() => [200, 'staged']));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(4);
  expect(
    await served.sql('turns_of_id', 'select text from memory_turns where session_id = $1 order by text', [session_id]),
  ).toEqual(['one', 'three', 'three', 'two'].map((name) => ({ text: `I am ${name}.` })));
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
  ['a conversation of an unknown form', { conversation: '# Plan\n\nMilk: two\n\nMore: text' }],
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
