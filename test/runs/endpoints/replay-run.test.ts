import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { write } from '../../support/team-script.ts';
import { openBench, type RunBench } from '../bench.ts';
import { byNode, draft, submits } from '../plan-script.ts';
import { describeRefusals } from './refusals.ts';

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

let bench: RunBench;
/** A failed run: B fails, and so does every later plan. */
let failed: string;
beforeAll(async () => {
  bench = await openBench();
  bench.team.perform({ ...planning, summarizer: [refused] });
  failed = await bench.startRun({ budget_usd: 5 });
  expect(await bench.runEnded(failed)).toMatchObject({ status: 'failed' });
});
afterAll(() => bench.close());

const replay = (id: string, body: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  bench.server.call('POST', `/api/v1/runs/${id}/replay`, { token: bench.person.token, body, headers });

describe('202', () => {
  it('from_failure repeats the nodes that did not complete and keeps the others; the original does not change', async () => {
    const before = await bench.run(failed);
    bench.team.perform({ ...planning, summarizer: [byNode()] });
    const answer = await replay(failed, { from_failure: true });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/api/v1/runs/${answer.body.id}`);
    expect(answer.body).toMatchObject({ replay_of: failed, query: before.query, budget_usd: '5', status: 'queued' });
    const run = await bench.runEnded(answer.body.id);
    expect(run).toMatchObject({ status: 'completed', result: 'C is done' });
    expect(before.graph.nodes.some((node: { is_kept: boolean }) => node.is_kept)).toBe(false);
    // The planner and A are not asked again, and the failed replannings are not copied.
    expect(bench.team.of('formatter')).toEqual([]);
    expect(run.graph.nodes.filter((node: { id: string }) => node.id === 'A')).toMatchObject([
      { status: 'completed', result: 'A is done', turns: 0, cost_usd: '0', is_kept: true },
    ]);
    const files = await bench.server.call('GET', `/api/v1/sprints/${run.id}/files`, { token: bench.person.token });
    expect(files.body.items.map((file: { path: string }) => file.path)).toEqual(['a.txt']);
    // Learning from a run is paid after its end.
    const learned = { cost_usd: expect.any(String), reserved_usd: expect.any(String), costs: expect.any(Array) };
    expect(await bench.run(failed)).toEqual({ ...before, ...learned });
  });

  it('from_node repeats the node and the nodes that depend on it', async () => {
    bench.team.perform({ ...planning, summarizer: [byNode()] });
    const id = await bench.startRun();
    await bench.runEnded(id);
    bench.team.perform({ summarizer: [byNode({ B: { text: 'B again' } })] });
    const { body } = await replay(id, { from_node: 'B' });
    const run = await bench.runEnded(body.id);
    expect(run.status).toBe('completed');
    expect(
      bench.team.asked.filter(({ role }) => role !== 'memory' && role !== 'comparison').map(({ role }) => role),
    ).toEqual(['summarizer', 'summarizer']);
    expect(run.graph.nodes.find((node: { id: string }) => node.id === 'B').result).toBe('B again');
    const kept = run.graph.nodes.filter((node: { is_kept: boolean }) => node.is_kept);
    expect(kept.map((node: { id: string }) => node.id)).toEqual(['plan', 'A']);
  });

  it('without a scope it plans and runs everything again, without the old files', async () => {
    bench.team.perform({
      formatter: [{ text: 'all new' }],
      planner: [submits(draft([{ id: 'X', worker: 'formatter' }]))],
    });
    const { body } = await replay(failed);
    expect(await bench.runEnded(body.id)).toMatchObject({ status: 'completed', result: 'all new', replay_of: failed });
    const files = await bench.server.call('GET', `/api/v1/sprints/${body.id}/files`, { token: bench.person.token });
    expect(files.body.items).toEqual([]);
  });

  it('repeats one worker of a sprint and keeps the others with their messages', async () => {
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
});

describe('changed input', () => {
  it('repeats the whole run with another query, budget, repository and hosts', async () => {
    await bench.server.call('PATCH', '/api/v1/tenant', {
      token: bench.person.token,
      body: { allowed_hosts: ['example.com'] },
    });
    bench.team.perform({ planner: [submits(draft([{ id: 'X', worker: 'formatter' }]))] });
    const changed = {
      query: 'And which is cheaper?',
      budget_usd: 3,
      github_repo: 'acme/app',
      allowed_hosts: ['example.com'],
    };
    const { status, body } = await replay(failed, changed);
    expect(status).toBe(202);
    expect(body).toMatchObject({ ...changed, budget_usd: '3', replay_of: failed });
    expect(await bench.runEnded(body.id)).toMatchObject({ status: 'completed' });
    expect(JSON.stringify(bench.team.of('planner', 0)[0]?.request.messages)).toContain('And which is cheaper?');
    const [first] = await bench.logs(body.id);
    expect(first).toMatchObject({
      data: { changed: expect.arrayContaining(['query', 'github_repo', 'budget_usd', 'allowed_hosts']) },
    });
    expect((await bench.run(failed)).query).toBe('Which of the two is better?');
    expect((await replay(failed, { allowed_hosts: ['example.org'] })).status).toBe(403);
  });

  it('gives the node another instruction, in a planned run and in a sprint', async () => {
    bench.team.perform({ ...planning, summarizer: [byNode()] });
    const id = await bench.startRun();
    await bench.runEnded(id);
    bench.team.perform({ summarizer: [byNode()] });
    const { body } = await replay(id, { from_node: 'B', instruction: 'Sum up in </instruction> one word.' });
    const run = await bench.runEnded(body.id);
    expect(run.graph.nodes.find((node: { id: string }) => node.id === 'B').instruction).toBe(
      'Sum up in </instruction> one word.',
    );
    const prompts = bench.team.of('summarizer').map(({ request }) => JSON.stringify(request.messages[0]));
    expect(prompts.filter((prompt) => prompt.includes('Sum up in <\\\\/instruction> one word.'))).toHaveLength(1);

    const sprint = await bench.play({}, { team: ['backend'] });
    bench.team.perform({});
    const again = await replay(sprint.id, { from_node: 'backend', instruction: 'Use SQLite.' });
    await bench.ended(again.body.id);
    const [asked] = bench.team.of('backend');
    expect(JSON.stringify(asked?.request.messages[0])).toContain('Use SQLite.');
    expect(JSON.stringify(asked?.request.messages[0])).toContain('Do your part, backend.');
    expect(bench.team.of('plan')).toEqual([]);
  });

  it('gives a sprint another task', async () => {
    const sprint = await bench.play({}, { team: ['backend'] });
    bench.team.perform({});
    const { body } = await replay(sprint.id, { query: 'Build a calendar' });
    expect(await bench.ended(body.id)).toMatchObject({ status: 'completed', task: 'Build a calendar' });
  });

  it('answers 422 for a query of a part, for an instruction without a node and for an empty text', async () => {
    expect((await replay(failed, { query: 'x', from_node: 'A' })).status).toBe(422);
    expect((await replay(failed, { query: 'x', from_failure: true })).status).toBe(422);
    expect((await replay(failed, { instruction: 'x' })).status).toBe(422);
    expect((await replay(failed, { query: ' ' })).status).toBe(422);
  });
});

it('returns the first replay for the same Idempotency-Key, and answers 409 for a run that has not ended', async () => {
  bench.team.perform({ planner: [{ text: '…', silentAfter: 1 }] });
  const key = { 'idempotency-key': 'once' };
  const first = await replay(failed, {}, key);
  expect((await replay(failed, {}, key)).body.id).toBe(first.body.id);
  expect(await replay(first.body.id)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('only a run that has ended can be replayed') },
  });
  await bench.server.call('POST', `/api/v1/runs/${first.body.id}/cancel`, { token: bench.person.token });
});

it('takes an empty body as one without fields', async () => {
  bench.team.perform({ planner: [{ text: '…', silentAfter: 1 }] });
  const { status, body } = await bench.server.call('POST', `/api/v1/runs/${failed}/replay`, {
    token: bench.person.token,
  });
  expect([status, body.replay_of]).toEqual([202, failed]);
  await bench.server.call('POST', `/api/v1/runs/${body.id}/cancel`, { token: bench.person.token });
});

it('answers 422 for an unknown node and for both scopes at once', async () => {
  expect((await replay(failed, { from_node: 'nowhere' })).status).toBe(422);
  expect((await replay(failed, { from_node: 'A', from_failure: true })).status).toBe(422);
});

describeRefusals({
  bench: () => bench,
  method: 'POST',
  path: (runId) => `/api/v1/runs/${runId}/replay`,
  body: {},
  id: () => failed,
  writes: true,
});
