import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeCursor } from '../../../functions/platform/cursor.ts';
import type { Identity } from '../../../functions/platform/database/database.ts';
import { call } from '../../support/team-script.ts';
import { asOwner, openBench, type RunBench } from '../bench.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const changes = async (since?: string, token = bench.person.token) => {
  const query = since === undefined ? '' : `?since=${encodeURIComponent(since)}`;
  const answer = await bench.server.call('GET', `/api/v1/runs/changes${query}`, { token });
  return { status: answer.status, ...answer.body };
};
const idsOf = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id);
const cancel = (id: string) => bench.server.call('POST', `/api/v1/runs/${id}/cancel`, { token: bench.person.token });
const NONE = { started: 0, waiting_input: 0, completed: 0, failed: 0, cancelled: 0 };

it('answers 200 with the watermark alone, then with what started, waits and ended since', async () => {
  const first = await changes();
  expect(first).toEqual({
    status: 200,
    watermark: expect.any(String),
    items: [],
    deleted: [],
    more: false,
    counts: NONE,
  });

  const done = await bench.play({}, { team: ['backend'] });
  bench.team.perform({
    thinker: [{ text: 'I ask.', toolCalls: [call('ask_person', { question: 'Which of the two?' })] }],
  });
  const asking = await bench.startRun({ agent_type: 'thinker' });
  await bench.runEnded(asking, 'waiting_input');
  const second = await changes(first.watermark);
  expect(idsOf(second)).toEqual([asking, done.id]);
  expect(second.items[0]).toMatchObject({ status: 'waiting_input', open_questions: 1 });
  expect(second.counts).toEqual({ ...NONE, started: 2, waiting_input: 1, completed: 1 });

  await cancel(asking);
  const third = await changes(second.watermark);
  expect(idsOf(third)).toContain(asking);
  expect(third.counts).toEqual({ ...NONE, cancelled: 1 });
  expect((await changes(first.watermark)).counts).toEqual({ ...NONE, started: 2, completed: 1, cancelled: 1 });
});

it('does not list a run that has not changed', async () => {
  bench.team.perform({ thinker: [{ text: 'Done.' }] });
  const id = await bench.startRun({ agent_type: 'thinker' });
  await bench.runEnded(id);
  // Learning from the run, and other writers of the database, may end later.
  const isQuiet = async () => idsOf(await changes((await changes()).watermark)).length === 0;
  await expect.poll(isQuiet, { timeout: 20_000 }).toBe(true);
  const { watermark } = await changes();
  await expect.poll(async () => (await changes(watermark)).counts).toEqual(NONE);
});

it('tells which runs were deleted since the watermark, to their tenant only', async () => {
  const [first, second] = [await bench.play({}, { team: ['backend'] }), await bench.play({}, { team: ['backend'] })];
  const stranger = await bench.server.signUp();
  const before = await changes();
  const elsewhere = await changes(undefined, stranger.token);
  expect((await changes(before.watermark)).deleted).toEqual([]);
  for (const { id } of [first, second])
    expect((await bench.server.call('DELETE', `/api/v1/runs/${id}`, { token: bench.person.token })).status).toBe(204);

  const after = await changes(before.watermark);
  expect(after.deleted).toEqual([
    { id: second.id, deleted_at: expect.stringMatching(/^20/) },
    { id: first.id, deleted_at: expect.stringMatching(/^20/) },
  ]);
  expect(idsOf(after)).not.toContain(first.id);
  expect((await changes(elsewhere.watermark, stranger.token)).deleted).toEqual([]);
  await expect.poll(async () => (await changes((await changes()).watermark)).deleted).toEqual([]);
});

it('has a client with a watermark that is older than the tombstones read the list again', async () => {
  const [user] = await asOwner<{ auth_subject: string }>('select auth_subject from users where tenant_id = $1', [
    bench.person.tenantId,
  ]);
  const owner = {
    route: 'GET /api/v1/runs/changes',
    identity: { kind: 'token', subject: user?.auth_subject ?? '' } as Identity,
  };
  const [now] = await asOwner<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot');
  const daysAgo = (days: number) =>
    encodeCursor(owner, { at: new Date(Date.now() - days * 86_400_000).toISOString(), snapshot: now?.snapshot });
  expect(await changes(daysAgo(29))).toMatchObject({ status: 200, more: false });
  expect(await changes(daysAgo(31))).toMatchObject({ status: 200, more: true });
});

it('answers 400 for a watermark that it did not make, and 401 without a token', async () => {
  expect((await changes('nonsense')).status).toBe(400);
  const stranger = await bench.server.signUp();
  expect((await changes((await changes()).watermark, stranger.token)).status).toBe(400);
  expect(await changes(undefined, stranger.token)).toMatchObject({ items: [], counts: NONE });
  expect((await bench.server.call('GET', '/api/v1/runs/changes')).status).toBe(401);
});
