import { expect, test } from 'vitest';
import { getJob } from '../../../functions/entities/endpoints/get-job.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { receiveSession } from '../../../functions/entities/endpoints/receive-session.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { createId } from '../../../functions/platform/id.ts';
import { holdTasks, newSessionId, serve, turn } from '../served.ts';

const served = serve(getJob, proposeChanges, receiveAndCommit, receiveSession);
holdTasks();
const run = (payload: object) => served.invoke('entities-propose-changes', payload);

const receive = async (route: 'process-session' | 'process-and-commit') => {
  const user = await served.createUser();
  const body = { session_id: newSessionId(), turns: [turn('Maya', 'I live in Porto.')] };
  const { id } = (await served.call(user, 'POST', `/memory/${route}`, body)).body;
  const job = async () => (await served.call(user, 'GET', `/memory/jobs/${id}`)).body;
  return { payload: { tenant_id: user.tenantId, user_id: user.userId, job_id: id }, job };
};

test('done: stages a session once when it runs twice', async () => {
  const { payload, job } = await receive('process-session');
  expect(await run(payload)).toMatchObject({ status: 200, body: { status: 'done' } });
  const staged = await job();
  expect(staged).toMatchObject({ status: 'staged', attempts: 1, commit_id: null });
  expect(await run(payload)).toMatchObject({ status: 200, body: { status: 'done' } });
  expect(await job()).toEqual(staged);
});

test('done: commits a session once when it runs twice', async () => {
  const { payload, job } = await receive('process-and-commit');
  expect(await run(payload)).toMatchObject({ status: 200, body: { status: 'done' } });
  const committed = await job();
  expect(committed).toMatchObject({ status: 'committed', attempts: 1, commit_id: expect.any(String) });
  expect(await run(payload)).toMatchObject({ status: 200, body: { status: 'done' } });
  expect(await job()).toEqual(committed);
});

test('later: schedules another task while a concurrent call holds the lease', async () => {
  const { payload, job } = await receive('process-session');
  const lease = `update memory_jobs set lease_until = now() + interval '1 minute' where id = $1`;
  await served.sql('lease', lease, [payload.job_id]);
  expect(await run(payload)).toMatchObject({ status: 200, body: { status: 'later' } });
  expect(await job()).toMatchObject({ status: 'queued', attempts: 0 });
});

test('done: ignores an unknown job', async () => {
  const { payload } = await receive('process-session');
  expect(await run({ ...payload, job_id: createId('job') })).toMatchObject({ body: { status: 'done' } });
});

test('422 for an invalid payload', async () => {
  expect((await run({ tenant_id: 'x' })).status).toBe(422);
});
