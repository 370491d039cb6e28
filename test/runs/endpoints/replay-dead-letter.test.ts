import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { asOwner, type HeldQueue, holdQueue, openBench, type RunBench } from '../bench.ts';
import { insertDeadLetter } from './dead-letters.ts';

let bench: RunBench;
let queue: HeldQueue;
const runId = createId('run');
let id: string;
beforeAll(async () => {
  bench = await openBench();
  queue = holdQueue();
  id = await insertDeadLetter(bench, runId);
});
afterAll(() => bench.close());

const replay = (letter: string, token = bench.person.token) =>
  bench.server.call('POST', `/api/v1/dead-letters/${letter}/replay`, { token });

it('answers 401 without a token and 403 for a member', async () => {
  expect((await bench.server.call('POST', `/api/v1/dead-letters/${id}/replay`)).status).toBe(401);
  await asOwner(`update users set role = 'member' where id = $1`, [bench.person.userId]);
  const rejected = await replay(id);
  await asOwner(`update users set role = 'admin' where id = $1`, [bench.person.userId]);
  expect(rejected.status).toBe(403);
});

it('answers 404 for an unknown dead letter and for one of another tenant, and 422 for a malformed id', async () => {
  expect((await replay(createId('dead'))).status).toBe(404);
  expect((await replay(id, (await bench.server.signUp()).token)).status).toBe(404);
  expect((await replay('nonsense')).status).toBe(422);
});

it('answers 202 and enqueues the task once; the second replay is 404', async () => {
  expect(await replay(id)).toMatchObject({ status: 202, body: { step: 'runs-settle-run' } });
  const payload = { tenant_id: bench.person.tenantId, run_id: runId };
  expect(queue.tasks).toMatchObject([{ step: 'runs-settle-run', queue: 'control', payload }]);
  expect((await bench.server.call('GET', '/api/v1/dead-letters', { token: bench.person.token })).body.items).toEqual(
    [],
  );
  expect((await replay(id)).status).toBe(404);
  expect(queue.tasks).toHaveLength(1);
});
