import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { openBench, type RunBench } from '../bench.ts';
import { byNode, draft, submits } from '../plan-script.ts';

let bench: RunBench;
const runs: string[] = [];
beforeAll(async () => {
  bench = await openBench();
  const unsure = draft([{ id: 'A' }], { confidence: 0.4, ambiguities: ['Which year?'] });
  bench.team.perform({ planner: [submits(unsure), submits(unsure), submits(unsure)], summarizer: [byNode()] });
  for (const kind of ['question', 'approval', 'question'] as const) {
    const id = await bench.startRun();
    runs.push(id);
    await bench.runEnded(id, 'waiting_input');
    await bench.asOwner(`update run_questions set kind = $2 where run_id = $1`, [id, kind]);
  }
});
afterAll(() => bench.close());

const list = (query = '', token: string | undefined = bench.person.token) =>
  bench.server.call('GET', `/api/v1/questions${query}`, token === '' ? {} : { token });
const runsIn = (items: { run_id: string }[]) => items.map(({ run_id: id }) => id);

it('answers 200 with the open questions of all runs, newest first in pages, with their run and a count', async () => {
  const first = (await list('?limit=2')).body;
  expect(first).toMatchObject({ count: 3, items: [{ kind: 'question' }, { kind: 'approval' }] });
  const [run] = await bench.asOwner<{ query: string; kind: string }>('select query, kind from sessions where id = $1', [
    runs[2],
  ]);
  expect(first.items[0]).toEqual({
    id: expect.stringMatching(/^ques_/),
    run_id: runs[2],
    run_title: run?.query,
    run_kind: run?.kind,
    node_id: 'plan',
    worker: 'planner',
    kind: 'question',
    text: 'Which year?',
    options: [],
    tool: 'submit_plan',
    arguments: expect.any(Object),
    details: null,
    fingerprint: null,
    created_at: expect.any(String),
    expires_at: expect.any(String),
  });
  const second = (await list(`?limit=2&cursor=${first.next_cursor}`)).body;
  expect(second.next_cursor).toBeNull();
  expect(runsIn([...first.items, ...second.items])).toEqual(runs.toReversed());
});

it('answers 200 with one kind and its count, and cuts a long task at 200 characters', async () => {
  await bench.asOwner(`update sessions set query = $2 where id = $1`, [runs[1], 'x'.repeat(300)]);
  const { body } = await list('?kind=approval');
  expect([runsIn(body.items), body.count, body.items[0].run_title]).toEqual([[runs[1]], 1, 'x'.repeat(200)]);
});

it('answers 200 without what is answered or expired, and nothing to another tenant', async () => {
  await bench.asOwner(`update run_questions set expires_at = now() where run_id = $1`, [runs[0]]);
  await bench.server.call('POST', `/api/v1/runs/${runs[2]}/cancel`, { token: bench.person.token });
  await bench.runEnded(runs[2] ?? '');
  expect(await list()).toMatchObject({ body: { count: 1, items: [{ run_id: runs[1] }], next_cursor: null } });
  const stranger = await bench.server.signUp();
  expect((await list('', stranger.token)).body).toEqual({ items: [], next_cursor: null, count: 0 });
});

it('answers 401 without a token, 422 for a wrong kind and 400 for a wrong cursor', async () => {
  expect((await list('', '')).status).toBe(401);
  expect((await list('?kind=other')).status).toBe(422);
  expect((await list(`?cursor=${createId('ques')}`)).status).toBe(400);
});
