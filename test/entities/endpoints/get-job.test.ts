import { expect, test } from 'vitest';
import { getJob } from '../../../functions/entities/endpoints/get-job.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { createId } from '../../../functions/platform/id.ts';
import { MAYA, problem, serve } from '../served.ts';

const served = serve(getJob, receiveAndCommit, proposeChanges);

test('200: shows the state of a session with its diff; 404 for other users', async () => {
  const user = await served.createUser();
  const job = await served.remember(user, 'I live in Porto.');
  const path = `/memory/jobs/${job.id}`;
  const answer = await served.call(user, 'GET', path);
  expect(answer).toMatchObject({ status: 200, body: { status: 'committed', changes: [{ path: MAYA }] } });
  expect(answer.body).toEqual(job);
  for (const other of await served.others(user))
    expect(await served.call(other, 'GET', path)).toMatchObject(problem('not-found', 404));
});

test('404 for an unknown job, 422 for an id of another kind, 401 without a token', async () => {
  const user = await served.createUser();
  const path = `/memory/jobs/${createId('job')}`;
  expect(await served.call(user, 'GET', path)).toMatchObject(problem('not-found', 404));
  expect(await served.call(user, 'GET', '/memory/jobs/x')).toMatchObject(problem('invalid-request', 422));
  await served.expectRefused('GET', path);
});
