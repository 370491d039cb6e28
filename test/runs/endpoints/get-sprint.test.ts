import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Answer } from '../../support/server.ts';
import { smallApp } from '../../support/team-script.ts';
import { asOwner, holdQueue, openBench, type RunBench } from '../bench.ts';
import { describeRefusals } from './refusals.ts';

let bench: RunBench;
let finished: Answer['body'];
beforeAll(async () => {
  bench = await openBench();
  finished = await bench.play(smallApp());
});
afterAll(() => bench.close());

const get = (id: string) => bench.server.call('GET', `/api/v1/sprints/${id}`, { token: bench.person.token });

it('answers 200 with the state, the workers and the graph', async () => {
  const { status, body } = await get(finished.id);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    id: finished.id,
    status: 'completed',
    task: 'Build a notes app',
    team: ['backend', 'frontend'],
    github_repo: null,
    budget_usd: null,
    error: null,
    scripted: false,
  });
  expect(body.graph.edges).toEqual([
    { source: 'plan', target: 'backend' },
    { source: 'plan', target: 'frontend' },
    { source: 'backend', target: 'summary' },
    { source: 'frontend', target: 'summary' },
  ]);
  expect(body.graph.nodes.map((node: { id: string }) => node.id)).toEqual(['plan', 'backend', 'frontend', 'summary']);
});

it('shows exact tokens and costs: the workers’ sum is in the ledger, and memory adds the rest', async () => {
  const { body } = await get(finished.id);
  // Eleven turns of 11 input and 7 output tokens.
  expect(body.tokens).toEqual({ input: 121, output: 77, cached: 0, total: 198 });
  expect(body.workers.map((worker: { turns: number }) => worker.turns)).toEqual([2, 3, 4, 2]);
  const ofWorkers = body.workers.reduce(
    (sum: number, worker: { cost_usd: string }) => sum + Math.round(Number(worker.cost_usd) * 1e10),
    0,
  );
  // The rest of the run's cost is what memory asked for: vectors, and facts after the end.
  const [paid] = await asOwner(
    `select sum(cost) filter (where node_id is not null)::float8 as of_workers, sum(cost) = (select cost from sessions where id = $1) as fits
    from usage_ledger where run_id = $1`,
    [finished.id],
  );
  expect(ofWorkers).toBe(Math.round(Number(paid?.of_workers) * 1e10));
  expect(paid?.fits).toBe(true);
  expect(Number(body.cost_usd)).toBeGreaterThan(ofWorkers / 1e10);
});

it('answers 404 for a run that is not a sprint', async () => {
  holdQueue();
  expect((await get(await bench.startRun())).status).toBe(404);
});

describeRefusals({
  bench: () => bench,
  method: 'GET',
  path: (id) => `/api/v1/sprints/${id}`,
  id: () => finished.id,
  writes: false,
});
