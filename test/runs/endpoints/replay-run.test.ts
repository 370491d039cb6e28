import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { write } from '../../support/team-script.ts';
import { openBench, type RunBench, waitFor } from '../bench.ts';
import { byNode, draft, submits } from '../plan-script.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const refused = { failure: { status: 400, message: 'the account is closed', code: 'INVALID_ARGUMENT' } };
const PLAN = draft([
  { id: 'A', worker: 'formatter', writes: ['a'] },
  { id: 'B', reads: ['a'], writes: ['b'] },
  { id: 'C', reads: ['b'] },
]);
const planning = {
  planner: [submits(PLAN)],
  formatter: [{ text: '', toolCalls: [write('a.txt', 'of A')] }, { text: 'A is done' }],
};

const replay = (id: string, body: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  bench.server.call('POST', `/api/v1/runs/${id}/replay`, { token: bench.person.token, body, headers });

/** A run whose planner never helps: B fails, and so does every later plan. */
async function failedRun(body: Record<string, unknown> = {}): Promise<string> {
  bench.team.perform({ ...planning, summarizer: [refused] });
  const id = await bench.startRun(body);
  const run = await bench.runEnded(id);
  expect(run.status).toBe('failed');
  return id;
}

describe('replay of one run', () => {
  it('what had not completed is done again with what had, and nothing of the run that ended changes', async () => {
    const id = await failedRun({ budget_usd: 5 });
    const before = await bench.run(id);
    bench.team.perform({ ...planning, summarizer: [byNode()] });
    const answer = await replay(id, { from_failure: true });
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ replay_of: id, query: before.query, budget_usd: '5', status: 'queued' });
    const run = await bench.runEnded(answer.body.id);
    expect(run).toMatchObject({ status: 'completed', result: 'C is done' });
    // The planner and A were not asked again; the planners that could not help are no part of what is kept.
    expect(bench.team.of('formatter')).toEqual([]);
    expect(run.graph.nodes.filter((node: { id: string }) => node.id === 'A')).toMatchObject([
      { status: 'completed', result: 'A is done', turns: 0, cost_usd: '0' },
    ]);
    const files = await bench.server.call('GET', `/api/v1/sprints/${run.id}/files`, { token: bench.person.token });
    expect(files.body.items.map((file: { path: string }) => file.path)).toEqual(['a.txt']);
    // What is learned from a run is paid after its end.
    expect(await bench.run(id)).toEqual({ ...before, cost_usd: expect.any(String) });
  });

  it('from a node: it and what builds on it', async () => {
    bench.team.perform({ ...planning, summarizer: [byNode()] });
    const id = await bench.startRun();
    await bench.runEnded(id);
    bench.team.perform({ summarizer: [byNode({ B: { text: 'B anew' } })] });
    const { body } = await replay(id, { from_node: 'B' });
    const run = await bench.runEnded(body.id);
    expect(run.status).toBe('completed');
    expect(
      bench.team.asked.filter(({ role }) => role !== 'memory' && role !== 'comparison').map(({ role }) => role),
    ).toEqual(['summarizer', 'summarizer']);
    expect(run.graph.nodes.find((node: { id: string }) => node.id === 'B').result).toBe('B anew');
  });

  it('whole: planned and done anew, without the old files', async () => {
    const id = await failedRun();
    bench.team.perform({
      formatter: [{ text: 'all new' }],
      planner: [submits(draft([{ id: 'X', worker: 'formatter' }]))],
    });
    const { body } = await replay(id);
    expect(await bench.runEnded(body.id)).toMatchObject({ status: 'completed', result: 'all new', replay_of: id });
  });

  it('a sprint from one of its workers: the others and their messages are kept', async () => {
    bench.team.perform({
      plan: [
        {
          text: '',
          toolCalls: [
            { name: 'send_message', arguments: { to: 'backend', content: 'Do it.' } },
            { name: 'send_message', arguments: { to: 'frontend', content: 'Paint it.' } },
          ],
        },
        { text: 'planned' },
      ],
      backend: [{ text: 'backend 1' }],
      frontend: [refused],
      summary: [{ text: 'half' }],
    });
    const id = await bench.start();
    expect(await bench.ended(id)).toMatchObject({ status: 'failed' });
    bench.team.perform({
      frontend: [
        (request) => ({ text: JSON.stringify(request.messages[0]).includes('Paint it.') ? 'painted' : 'no message' }),
      ],
      summary: [{ text: 'whole' }],
    });
    const { body } = await replay(id, { from_node: 'frontend' });
    const sprint = await bench.ended(body.id);
    expect(sprint).toMatchObject({ status: 'completed', result: 'whole' });
    expect(sprint.workers.map((worker: { name: string; result: string }) => [worker.name, worker.result])).toEqual([
      ['plan', 'planned'],
      ['backend', 'backend 1'],
      ['frontend', 'painted'],
      ['summary', 'whole'],
    ]);
  });

  it('is refused for a run that goes on, an unknown node, another tenant; with a key it is one replay', async () => {
    const id = await failedRun();
    expect((await replay(id, { from_node: 'nowhere' })).status).toBe(422);
    expect((await replay(id, { from_node: 'A', from_failure: true })).status).toBe(422);
    const stranger = await bench.server.signUp('Eve');
    const theirs = await bench.server.call('POST', `/api/v1/runs/${id}/replay`, { token: stranger.token, body: {} });
    expect(theirs.status).toBe(404);
    bench.team.perform({ planner: [{ text: '…', silentAfter: 1 }] });
    const key = { 'idempotency-key': 'once' };
    const [first, second] = [await replay(id, {}, key), await replay(id, {}, key)];
    expect(second.body.id).toBe(first.body.id);
    expect((await replay(first.body.id)).status).toBe(409);
    await bench.server.call('POST', `/api/v1/runs/${first.body.id}/cancel`, { token: bench.person.token });
  });
});

describe('replay by filter', () => {
  it('repeats what failed, each once; they take turns in the slots of the tenant', async () => {
    const token = bench.person.token;
    await bench.asOwner('delete from sessions');
    const ids = [await failedRun(), await failedRun(), await failedRun()];
    await bench.server.call('PATCH', '/api/v1/tenant', { token, body: { max_concurrent_sprints: 1 } });
    let busy = 0;
    let most = 0;
    bench.team.perform({
      ...planning,
      summarizer: [
        async () => {
          most = Math.max(most, ++busy);
          await new Promise((resolve) => setTimeout(resolve, 50));
          busy -= 1;
          return { text: 'done' };
        },
      ],
    });
    const filter = { error_contains: 'B', from_failure: true, limit: 2 };
    const call = () => bench.server.call('POST', '/api/v1/runs/replay', { token, body: filter });
    const first = await call();
    expect(first.body.replays.map((one: { replay_of: string }) => one.replay_of)).toEqual(ids.slice(0, 2));
    expect(first.body.more).toBe(true);
    const second = await call();
    expect(second.body).toMatchObject({ replays: [{ replay_of: ids[2] }], more: false });
    expect((await call()).body).toEqual({ replays: [], more: false });
    for (const { id } of [...first.body.replays, ...second.body.replays])
      expect(await bench.runEnded(id)).toMatchObject({ status: 'completed' });
    expect(most).toBe(1);
    // A slot is free again for whoever asks.
    await waitFor('a slot', async () => {
      const started = await bench.server.call('POST', '/api/v1/runs', {
        token,
        body: { query: 'x', agent_type: 'summarizer' },
      });
      return started.status === 202;
    });
  });

  it('refuses a filter that it does not know', async () => {
    const answer = await bench.server.call('POST', '/api/v1/runs/replay', {
      token: bench.person.token,
      body: { status: ['running'] },
    });
    expect(answer.status).toBe(422);
  });
});
