import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asOwner, holdQueue, openBench, type RunBench } from '../bench.ts';
import { describeRefusals } from './refusals.ts';

let bench: RunBench;
let id: string;
beforeAll(async () => {
  bench = await openBench();
  holdQueue();
  id = await bench.startRun({ agent_type: 'thinker' });
});
afterAll(() => bench.close());

it('answers 200 with the log of a run that is no sprint, as a filter asks for it', async () => {
  const list = (query: string) =>
    bench.server.call('GET', `/api/v1/runs/${id}/logs${query}`, { token: bench.person.token });
  const { status, body } = await list('');
  expect([status, body.items]).toMatchObject([200, [{ seq: 1, type: 'run_started' }]]);
  expect((await list('?source=thinker')).body).toEqual({ items: [], next_cursor: null });
  expect((await list('?level=loud')).status).toBe(422);
});

describe('filters and orders', () => {
  const list = async (query: string) => {
    const answer = await bench.server.call('GET', `/api/v1/runs/${id}/logs?${query}`, { token: bench.person.token });
    return { status: answer.status, ...answer.body };
  };
  const seqs = (page: { items: { seq: number }[] }) => page.items.map(({ seq }) => seq);
  beforeAll(async () => {
    const events = [
      {
        type: 'turn_completed',
        level: 'info',
        source: 'thinker',
        message: `Found ${'x'.repeat(3_000)}`,
        data: { node: 'a' },
      },
      {
        type: 'tool_completed',
        level: 'warning',
        source: 'thinker',
        message: 'web_search FAILED',
        data: { node: 'a' },
      },
      {
        type: 'node_completed',
        level: 'info',
        source: 'coder',
        message: 'done',
        data: { node: 'b', result: 'ü'.repeat(2_001) },
      },
      { type: 'run_failed', level: 'error', source: 'system', message: '50% of _ it', data: {} },
    ];
    await asOwner('select append_run_events($1, $2)', [id, JSON.stringify(events)]);
  });

  it('lists the newest lines first, page by page, without a gap or a repetition', async () => {
    const first = await list('order=newest&limit=2');
    expect(seqs(first)).toEqual([5, 4]);
    // A line that is written in between is on no later page.
    await asOwner('select append_run_events($1, $2)', [
      id,
      JSON.stringify([{ type: 'late', level: 'debug', source: 'system', message: 'late' }]),
    ]);
    const second = await list(`order=newest&limit=2&cursor=${first.next_cursor}`);
    expect(seqs(second)).toEqual([3, 2]);
    const last = await list(`order=newest&limit=2&cursor=${second.next_cursor}`);
    expect([seqs(last), last.next_cursor]).toEqual([[1], null]);
    expect((await list(`cursor=${first.next_cursor}`)).status).toBe(400);
  });

  it('filters by node, type, text and least level', async () => {
    expect(seqs(await list('node=a'))).toEqual([2, 3]);
    expect(seqs(await list('type=node_completed'))).toEqual([4]);
    expect(seqs(await list('q=failed'))).toEqual([3]);
    expect(seqs(await list('q=%25%20of%20_'))).toEqual([5]);
    expect(seqs(await list('q=%25of'))).toEqual([]);
    expect(seqs(await list('min_level=warning'))).toEqual([3, 5]);
    expect(seqs(await list('min_level=warning&order=newest&node=a'))).toEqual([3]);
    for (const query of ['min_level=loud', 'order=random', 'q=', 'type=A;B'])
      expect((await list(query)).status).toBe(422);
  });

  it('cuts long texts and says so; the run answers the number of its last event', async () => {
    const [, turn, tool, node] = (await list('')).items;
    expect(turn).toMatchObject({ truncated: true, data: { node: 'a' } });
    expect(turn.message).toHaveLength(2_000);
    expect(tool.truncated).toBe(false);
    expect(node).toMatchObject({ truncated: true, data: { node: 'b', result: 'ü'.repeat(2_000) } });
    expect((await bench.run(id)).event_seq).toBe(6);
  });
});

describeRefusals({
  bench: () => bench,
  method: 'GET',
  path: (runId) => `/api/v1/runs/${runId}/logs`,
  id: () => id,
  writes: false,
});
