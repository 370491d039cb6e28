import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { planFor } from '../../support/team-script.ts';
import { asOwner, deliverAll, type HeldQueue, holdQueue, oneTo, openBench, type RunBench } from '../bench.ts';

let bench: RunBench;
let queue: HeldQueue;
beforeAll(async () => {
  bench = await openBench();
});
beforeEach(async () => {
  queue = holdQueue();
  await asOwner('delete from sessions');
});
afterAll(() => bench.close());

const settle = (runId: string, tenantId = bench.person.tenantId) =>
  bench.server.invoke('runs-settle-run', { tenant_id: tenantId, run_id: runId });
const turns = () => queue.tasks.filter(({ step }) => step === 'runs-take-turn');
const typesOf = async (id: string) => (await bench.logs(id)).map(({ type }) => type);

/** Starts a sprint and plays the chef's plan, so that the next step is to settle the run. */
async function plannedSprint(...workers: string[]): Promise<string> {
  bench.team.perform({ plan: workers.length > 0 ? planFor(...workers) : [{ text: 'Nothing to do.' }] });
  const id = await bench.start();
  while (!queue.tasks.some(({ step }) => step === 'runs-settle-run')) {
    const task = await queue.take('runs-take-turn');
    await bench.server.invoke(task.step, task.payload);
  }
  queue.tasks.length = 0;
  return id;
}

it('starts the nodes that are ready and skips the others, once in five concurrent and one later delivery', async () => {
  const id = await plannedSprint('backend');
  const answers = await Promise.all(oneTo(5).map(() => settle(id)));
  for (const answer of [...answers, await settle(id)])
    expect(answer).toMatchObject({ status: 200, body: { status: 'done' } });
  expect(turns()).toHaveLength(1);
  expect((await bench.sprint(id)).workers.map(({ name, status }: Record<string, string>) => [name, status])).toEqual([
    ['plan', 'completed'],
    ['backend', 'pending'],
    ['frontend', 'skipped'],
    ['summary', 'pending'],
  ]);
  expect((await typesOf(id)).filter((type) => type === 'node_skipped')).toHaveLength(1);
});

it('fails a sprint, once, whose chef hands out nothing although asked twice', async () => {
  const id = await plannedSprint();
  for (const answer of [await settle(id), await settle(id)]) expect(answer.body).toEqual({ status: 'done' });
  expect(await bench.sprint(id)).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/^plan: the chef handed out no work.*3 times in a row/),
  });
  const asked = bench.team.of('plan');
  expect(asked).toHaveLength(3);
  expect(asked[1]?.request.messages.at(-1)).toMatchObject({ text: expect.stringContaining('Call send_message once') });
  expect((await typesOf(id)).filter((type) => type === 'run_failed')).toHaveLength(1);
  expect(turns()).toEqual([]);
});

it('starts no more nodes than the tenant may run in parallel, and the others when a place is free', async () => {
  const { token } = bench.person;
  await bench.server.call('PATCH', '/api/v1/tenant', { token, body: { max_parallel_nodes: 1 } });
  const id = await plannedSprint('backend', 'frontend');
  await settle(id);
  expect(turns()).toHaveLength(1);
  await settle(id);
  expect(turns()).toHaveLength(1);
  await deliverAll(bench, queue);
  expect(await bench.sprint(id)).toMatchObject({ status: 'completed' });
  await bench.server.call('PATCH', '/api/v1/tenant', { token, body: { max_parallel_nodes: 32 } });
});

it('admits a replay only when its tenant has a free slot', async () => {
  const { token } = bench.person;
  const original = await plannedSprint();
  await settle(original);
  const active = await bench.start();
  await bench.server.call('PATCH', '/api/v1/tenant', { token, body: { max_concurrent_sprints: 1 } });
  const replay = await bench.server.call('POST', `/api/v1/runs/${original}/replay`, { token, body: {} });
  queue.tasks.length = 0;
  await settle(replay.body.id);
  expect(turns()).toEqual([]);
  await bench.server.call('POST', `/api/v1/runs/${active}/cancel`, { token });
  await settle(replay.body.id);
  expect(turns()).toHaveLength(1);
  expect(await typesOf(replay.body.id)).toEqual(['run_started', 'run_admitted']);
  await bench.server.call('PATCH', '/api/v1/tenant', { token, body: { max_concurrent_sprints: 3 } });
});

it('does nothing for a cancelled run, an unknown run and a run of another tenant', async () => {
  const id = await plannedSprint('backend');
  const stranger = await bench.server.signUp();
  expect((await settle(id, stranger.tenantId)).body).toEqual({ status: 'done' });
  expect((await settle(createId('run'))).body).toEqual({ status: 'done' });
  await bench.server.call('POST', `/api/v1/sprints/${id}/cancel`, { token: bench.person.token });
  expect((await settle(id)).body).toEqual({ status: 'done' });
  expect(turns()).toEqual([]);
  expect((await bench.sprint(id)).status).toBe('cancelled');
});

it('answers 422 for an invalid payload and 401 for a caller that is not the queue', async () => {
  expect((await bench.server.invoke('runs-settle-run', { tenant_id: 'ten_x' })).status).toBe(422);
  const { token } = bench.person;
  expect((await bench.server.call('POST', '/internal/steps/runs-settle-run', { body: {}, token })).status).toBe(401);
});

it('starts nothing while the run is paused', async () => {
  const id = await plannedSprint('backend');
  await asOwner('update sessions set paused_at = now()');
  await settle(id);
  expect(turns()).toEqual([]);
  await asOwner('update sessions set paused_at = null');
  await settle(id);
  expect(turns()).toHaveLength(1);
});
