import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TeamRequest } from '../support/team-script.ts';
import { numbersOf, oneTo, openBench, type RunBench, waitFor } from './bench.ts';
import { byNode, draft, nodeOf, promptOf, submits } from './plan-script.ts';

let bench: RunBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

type Node = { id: string; status: string; depends_on: string[]; started_at: string; completed_at: string };
const statusOf = (run: { graph: { nodes: Node[] } }) =>
  Object.fromEntries(run.graph.nodes.map((node) => [node.id, node.status]));
const nodeIn = (run: { graph: { nodes: Node[] } }, id: string) => run.graph.nodes.find((node) => node.id === id);

async function play(play: Parameters<RunBench['team']['perform']>[0], body = {}) {
  bench.team.perform(play);
  return bench.runEnded(await bench.startRun(body));
}

const TWO_AND_ONE = draft([
  { id: 'A', writes: ['a'] },
  { id: 'B', writes: ['b1', 'b2'] },
  { id: 'C', worker: 'formatter', reads: ['a', 'b2'], writes: ['c'] },
]);

describe('a planned run', () => {
  it('draws its graph, passes values on and returns the result of the last node; the log is complete', async () => {
    const run = await play({
      planner: [submits(TWO_AND_ONE)],
      summarizer: [byNode({ B: { text: '```json\n{"b1": 1, "b2": {"kilo": 2}}\n```' } })],
      formatter: [byNode({ C: { text: 'The second one.' } })],
    });
    expect(run).toMatchObject({
      kind: 'run',
      status: 'completed',
      result: 'The second one.',
      questions: [],
      confidence: 1,
    });
    expect(run.graph.nodes.map((node: Node) => [node.id, node.status, node.depends_on])).toEqual([
      ['plan', 'completed', []],
      ['A', 'completed', ['plan']],
      ['B', 'completed', ['plan']],
      ['C', 'completed', ['A', 'B']],
    ]);
    expect(run.graph.edges).toContainEqual({ source: 'B', target: 'C' });
    const told = promptOf(bench.team.of('formatter')[0]?.request as never);
    expect(told).toContain('<task>\nWhich of the two is better?');
    expect(told).toContain('<input name="a" from="A">\nA is done');
    expect(told).toContain('<input name="b2" from="B">\n{"kilo":2}');
    expect(told).not.toContain('b1');
    const lines = await bench.logs(run.id);
    expect(numbersOf(lines)).toEqual(oneTo(lines.length));
    expect(lines.at(-1)?.type).toBe('run_completed');
    expect(run.tokens.total).toBeGreaterThan(0);
  });

  it('starts a node as soon as its own predecessors are completed, without waiting for another branch', async () => {
    // It answers when the node of the other branch has started.
    const slow = async () => {
      const isNext = ({ request }: TeamRequest) => nodeOf(request) === 'next';
      await waitFor('next to be asked', () => bench.team.of('summarizer').some(isNext));
      return { text: 'late' };
    };
    const run = await play({
      planner: [submits(draft([{ id: 'slow' }, { id: 'fast', writes: ['f'] }, { id: 'next', reads: ['f'] }]))],
      summarizer: [byNode({ slow })],
    });
    const started = Date.parse(nodeIn(run, 'next')?.started_at ?? '');
    expect(started).toBeLessThan(Date.parse(nodeIn(run, 'slow')?.completed_at ?? ''));
  });

  it('returns a plan with faults to the planner and accepts the corrected plan', async () => {
    const run = await play({
      planner: [
        submits(
          draft([
            { id: 'A', worker: 'wizard' },
            { id: 'B', reads: ['x'] },
          ]),
        ),
        submits(draft([{ id: 'A' }], { confidence: 7 })),
        submits(draft([{ id: 'A' }])),
      ],
      summarizer: [byNode()],
    });
    expect(run).toMatchObject({ status: 'completed', result: 'A is done' });
    const outputs = bench.team.of('planner').flatMap(({ request }) => {
      const last = request.messages.at(-1);
      return last?.role === 'tool' ? last.results.map((result) => result.output) : [];
    });
    expect(outputs[0]).toContain('there is no worker wizard');
    expect(outputs[0]).toContain('B reads x, which no node writes');
    expect(outputs[1]).toMatch(/\n- confidence: [^✖→]+$/);
  });

  it('fails a planner whose plan has faults three times; no node of it runs', async () => {
    const faulty = submits(draft([{ id: 'A', worker: 'wizard' }]));
    const run = await play({ planner: [faulty, faulty, faulty, submits(draft([{ id: 'A' }]))] });
    expect(run.status).toBe('failed');
    expect(run.error).toContain('the plan had faults 3 times');
    expect(run.graph.nodes).toHaveLength(1);
    expect(bench.team.of('planner')).toHaveLength(3);
  });

  it('says that there was no plan when the planner only talks', async () => {
    const run = await play({ planner: [{ text: 'I would first think about it.' }] });
    expect(run.status).toBe('failed');
    expect(run.error).toMatch(/^plan: the planner answered without a plan; its 3 answers held none[^✖→]*$/);
  });

  it('accepts a plan that is written as text and rejects prose', async () => {
    const run = await play({
      planner: [
        { text: 'I would first think about it.' },
        { text: `Here it is:\n\`\`\`json\n${JSON.stringify(draft([{ id: 'A' }]))}\n\`\`\`` },
      ],
      summarizer: [byNode()],
    });
    expect(run).toMatchObject({ status: 'completed', result: 'A is done' });
    const [, second] = bench.team.of('planner');
    expect(second?.request.messages.at(-1)).toMatchObject({
      role: 'user',
      text: 'Your answer holds no plan. Call submit_plan with the whole plan: an object with its nodes.',
    });
  });

  it('runs one agent that the user named, without a planner', async () => {
    const run = await play({ formatter: [{ text: 'Done alone.' }] }, { agent_type: 'formatter' });
    expect(run).toMatchObject({ status: 'completed', agent_type: 'formatter', result: 'Done alone.' });
    expect(statusOf(run)).toEqual({ answer: 'completed' });
  });
});

describe('after a failure', () => {
  const refused = { failure: { status: 400, message: 'no', code: 'INVALID_ARGUMENT' } };

  it('the planner sees the completed and failed nodes and plans the rest again', async () => {
    const run = await play({
      planner: [
        (request) =>
          promptOf(request).includes('<step')
            ? submits(
                draft([
                  { id: 'B2', reads: ['a'], writes: ['b'] },
                  { id: 'D2', reads: ['b'] },
                ]),
              )
            : submits(
                draft([
                  { id: 'A', writes: ['a'] },
                  { id: 'B', reads: ['a'], writes: ['b'] },
                  { id: 'D', reads: ['b'] },
                ]),
              ),
      ],
      summarizer: [
        byNode({ B: refused, D2: (request) => ({ text: `D2 of ${/from="(\w+)"/.exec(promptOf(request))?.[1]}` }) }),
      ],
    });
    expect(run).toMatchObject({ status: 'completed', error: null, result: 'D2 of B2' });
    expect(statusOf(run)).toEqual({
      plan: 'completed',
      A: 'completed',
      B: 'failed',
      D: 'skipped',
      'replan-1': 'completed',
      B2: 'completed',
      D2: 'completed',
    });
    const told =
      bench.team
        .of('planner')
        .map(({ request }) => promptOf(request))
        .at(-1) ?? '';
    expect(told).toContain('<step id="A" worker="summarizer" status="completed">');
    expect(told).toContain('<step id="B" worker="summarizer" status="failed">');
    expect((await bench.logs(run.id)).map((line) => line.type)).toContain('run_replanned');
  });

  it('the planner plans again at most twice; then the run fails with the error', async () => {
    let count = 0;
    const run = await play({
      planner: [() => submits(draft([{ id: `A${count++}` }]))],
      summarizer: [refused],
    });
    expect(run.status).toBe('failed');
    expect(run.error).toMatch(/^A2: /);
    expect(statusOf(run)).toEqual({
      plan: 'completed',
      A0: 'failed',
      'replan-1': 'completed',
      A1: 'failed',
      'replan-2': 'completed',
      A2: 'failed',
    });
  });
});

describe('parallel nodes', () => {
  it('a tenant has no more active nodes than its limit, and all nodes run', async () => {
    const token = bench.person.token;
    await bench.server.call('PATCH', '/api/v1/tenant', { token, body: { max_parallel_nodes: 2 } });
    let busy = 0;
    let most = 0;
    bench.team.perform({
      planner: [submits(draft(['A', 'B', 'C', 'D', 'E'].map((id) => ({ id }))))],
      summarizer: [
        async (request) => {
          most = Math.max(most, ++busy);
          await waitFor('two nodes at work', () => most >= 2);
          // A third node would start in this time.
          await sleep(100);
          busy -= 1;
          return { text: `${nodeOf(request)} is done` };
        },
      ],
    });
    const ids = [await bench.startRun(), await bench.startRun()];
    for (const id of ids) expect(await bench.runEnded(id)).toMatchObject({ status: 'completed' });
    expect(most).toBe(2);
    await bench.server.call('PATCH', '/api/v1/tenant', { token, body: { max_parallel_nodes: 32 } });
  });
});
