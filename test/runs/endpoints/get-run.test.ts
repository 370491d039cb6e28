import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdQueue, openBench, type RunBench } from '../bench.ts';
import { describeRefusals } from './refusals.ts';

/** The queue holds the tasks, so the runs stay queued. */
let bench: RunBench;
let id: string;
beforeAll(async () => {
  bench = await openBench();
  holdQueue();
  id = await bench.startRun({ agent_type: 'formatter', budget_usd: 1.5 });
});
afterAll(() => bench.close());

const get = (runId: string) => bench.server.call('GET', `/api/v1/runs/${runId}`, { token: bench.person.token });

it('answers 200 with the run, its graph and its nodes', async () => {
  expect(await get(id)).toMatchObject({
    status: 200,
    body: {
      id,
      kind: 'run',
      status: 'queued',
      query: 'Which of the two is better?',
      agent_type: 'formatter',
      budget_usd: '1.5',
      cost_usd: '0',
      reserved_usd: '0',
      tokens: { input: 0, output: 0, cached: 0, total: 0 },
      result: null,
      error: null,
      replay_of: null,
      scripted: false,
      github_repo: null,
      allowed_hosts: [],
      confidence: null,
      ambiguities: [],
      questions: [],
      started_at: null,
      completed_at: null,
      graph: {
        edges: [],
        nodes: [
          {
            id: 'answer',
            worker: 'formatter',
            status: 'pending',
            depends_on: [],
            reads: [],
            writes: [],
            turns: 0,
            max_turns: 12,
          },
        ],
      },
    },
  });
});

it('answers 200 for a sprint as well', async () => {
  const sprint = await bench.start({ team: ['backend'] });
  const { body } = await get(sprint);
  expect(body).toMatchObject({ kind: 'sprint', query: 'Build a notes app' });
  expect(body.graph.nodes.map((node: { id: string; worker: string }) => [node.id, node.worker])).toEqual([
    ['plan', 'chef'],
    ['backend', 'backend'],
    ['summary', 'chef'],
  ]);
  expect(body.graph.edges).toEqual([
    { source: 'plan', target: 'backend' },
    { source: 'backend', target: 'summary' },
  ]);
});

describeRefusals({
  bench: () => bench,
  method: 'GET',
  path: (runId) => `/api/v1/runs/${runId}`,
  id: () => id,
  writes: false,
});
