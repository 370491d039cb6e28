import { expect, test } from 'vitest';
import { commitSession } from '../../../functions/entities/endpoints/commit-session.ts';
import { exportMemory } from '../../../functions/entities/endpoints/export-memory.ts';
import { getJob } from '../../../functions/entities/endpoints/get-job.ts';
import { readEntity } from '../../../functions/entities/endpoints/read-entity.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { receiveSession } from '../../../functions/entities/endpoints/receive-session.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { createId } from '../../../functions/platform/id.ts';
import type { Person } from '../people.ts';
import { entityPath, LEO, MAYA, newSessionId, problem, serve, turn } from '../served.ts';

const served = serve(commitSession, exportMemory, getJob, readEntity, receiveAndCommit, receiveSession, proposeChanges);
const PATH = '/memory/commit-session';

const stage = async (user: Person, text: string) => {
  const session_id = newSessionId();
  await served.call(user, 'POST', '/memory/process-session?wait=20', { session_id, turns: [turn('Maya', text)] });
  return session_id;
};
const commit = (user: Person, session_id: string, more: object = {}) =>
  served.call(user, 'POST', PATH, { session_id, ...more });
const textOf = async (user: Person) => (await served.call(user, 'GET', entityPath(MAYA))).body.text;

test('200, and the same commit when repeated: one commit holds the edits, the timeline, the archive and the index', async () => {
  const user = await served.createUser();
  const session_id = await stage(user, 'I bought a boat on 2026-03-01.');
  const first = await commit(user, session_id);
  expect(first).toMatchObject({ status: 200, body: { status: 'committed' } });
  expect((await commit(user, session_id)).body.commit_id).toBe(first.body.commit_id);
  using cloned = await served.clone(user);
  const archive = `sessions/2026-03/2026-03-03_${session_id}.txt`;
  expect(cloned.git('ls-files').split('\n').sort()).toEqual([
    'index/memories/people/maya.json',
    MAYA,
    archive,
    'timeline/2026-03.md',
  ]);
  expect(cloned.read('timeline/2026-03.md')).toContain(`#### 2026-03-03 (Session: ${session_id})`);
  expect(cloned.read('timeline/2026-03.md')).toContain(`created Maya (${MAYA})`);
  expect(cloned.read(archive)).toBe('[2026-03-03T10:00:00Z] Maya: I bought a boat on 2026-03-01.\n');
});

test('200: merges two sessions that were staged on the same commit', async () => {
  const user = await served.createUser();
  await served.remember(user, 'I live in Porto.');
  const [one, other] = [await stage(user, 'I learn to sail.'), await stage(user, 'I have 2 cats.')];
  for (const session_id of [one, other]) expect((await commit(user, session_id)).status).toBe(200);
  const text = await textOf(user);
  for (const said of ['I live in Porto.', 'I learn to sail.', 'I have 2 cats.']) expect(text).toContain(said);
});

test('409 with both sides when the branch has changed the same block; 202 and a new proposal with on_conflict: restage', async () => {
  const user = await served.createUser();
  const { commit_id: base } = await served.remember(user, 'I live in Porto.');
  const first = await served.stageEdit(user, base, 'Porto', 'Lisbon');
  const second = await served.stageEdit(user, base, 'Porto', 'Faro');
  expect((await commit(user, first)).status).toBe(200);
  const refused = await commit(user, second);
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
  expect(await textOf(user)).toContain('Lisbon');
  const restaged = await commit(user, second, { on_conflict: 'restage' });
  expect(restaged).toMatchObject({ status: 202, body: { status: 'queued', id: expect.stringMatching(/^job_/) } });
  const { body } = await served.settled(user, `/memory/jobs/${restaged.body.id}`);
  expect(body).toMatchObject({ session_id: second, status: 'staged' });
  expect(await commit(user, second)).toMatchObject({ status: 200, body: { status: 'committed' } });
  expect(await textOf(user)).toContain('Lisbon');
});

test('200 with blocks: commits the changes of these blocks only; 409 when they cannot be committed alone', async () => {
  const user = await served.createUser();
  const session_id = newSessionId();
  const turns = [turn('Maya', 'I live in Porto.'), turn('Leo', 'I play chess.')];
  const staged = await served.call(user, 'POST', '/memory/process-session?wait=20', { session_id, turns });
  const leo = staged.body.changes.find(({ path }: { path: string }) => path === LEO);
  const block = leo.blocks.find(({ block: id }: { block: string }) => id !== '').block;
  for (const blocks of [[{ path: LEO, block: 'none' }], [{ path: LEO, block: '' }]])
    expect(await commit(user, session_id, { blocks })).toMatchObject(problem('conflict', 409));
  expect(await commit(user, session_id, { blocks: [] })).toMatchObject(problem('invalid-request', 422));
  const blocks = [{ path: LEO, block }];
  const done = await commit(user, session_id, { blocks });
  expect(done).toMatchObject({ status: 200, body: { status: 'committed', changes: [{ path: LEO }] } });
  expect((await served.call(user, 'GET', entityPath(MAYA))).status).toBe(404);
  expect((await served.call(user, 'GET', entityPath(LEO))).body.text).toContain('I play chess.');
  expect((await commit(user, session_id, { blocks })).body.commit_id).toBe(done.body.commit_id);
});

test('404 for an unknown session and for one of a colleague', async () => {
  const user = await served.createUser();
  expect(await commit(user, newSessionId())).toMatchObject(problem('not-found', 404));
  const session_id = await stage(user, 'I keep my own counsel.');
  for (const other of await served.others(user))
    expect(await commit(other, session_id)).toMatchObject(problem('not-found', 404));
});

test('202 for a session that is not staged yet; it is committed when it is staged', async () => {
  const user = await served.createUser();
  const session_id = newSessionId();
  await served.sql(
    'insert_job',
    'insert into memory_jobs (id, tenant_id, user_id, session_id, commits) values ($1, $2, $3, $4, false)',
    [createId('job'), user.tenantId, user.userId, session_id],
  );
  expect(await commit(user, session_id)).toMatchObject({ status: 202, body: { status: 'queued', session_id } });
  const [job] = await served.sql('find_wish', 'select commits from memory_jobs where session_id = $1', [session_id]);
  expect(job).toEqual({ commits: true });
});

test('409 for a session that failed', async () => {
  const user = await served.createUser();
  const session_id = newSessionId();
  await served.sql(
    'insert_failed_job',
    `insert into memory_jobs (id, tenant_id, user_id, session_id, commits, status, error)
      values ($1, $2, $3, $4, false, 'failed', 'no model')`,
    [createId('job'), user.tenantId, user.userId, session_id],
  );
  expect(await commit(user, session_id)).toMatchObject(problem('conflict', 409));
});

test('process-session and commit-session in a row commit the session', async () => {
  const user = await served.createUser();
  const session_id = newSessionId();
  const memory_input = 'My sister Maya moved to Porto.';
  await served.call(user, 'POST', '/memory/process-session', { memory_input, session_id });
  const { body } = await commit(user, session_id);
  expect((await served.settled(user, `/memory/jobs/${body.id}`)).body).toMatchObject({ status: 'committed' });
});

test('422 for a session_id that is a path, 401 without a token, 403 for a viewer', async () => {
  expect(await commit(await served.createUser(), '../x')).toMatchObject(problem('invalid-request', 422));
  await served.expectRefused('POST', PATH, { session_id: 'x' });
});
