import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { PLANNER, singleGraph, unplannedGraph } from '../graph.ts';
import { Run, StartRunBody } from '../run-view.ts';
import { findRunById } from '../sql/run-view.ts';
import { startRun } from '../start.ts';
import { plannableWorkers } from '../worker.ts';

/**
 * Starts a run: a planner draws the graph of workers that answer the query, or the one worker that `agent_type` names does it all. Accepted with its first
 * task in one transaction; the same Idempotency-Key again returns the first run. Over the tenant's `max_concurrent_sprints` it is 429.
 */
export const startRunEndpoint = endpoint({
  name: 'runs-start-run',
  route: 'POST /api/v1/runs',
  access: 'runs:write',
  summary: 'Starts a run: a planner draws a graph of workers that answer the query.',
  body: StartRunBody,
  reply: { 202: Run },
  deployment: { secrets: MODEL_KEYS },
  idempotent: true,
}).handle(async ({ body, transaction }) => {
  const id = await startRun(transaction, {
    kind: 'run',
    query: body.query,
    agentType: body.agent_type,
    team: [],
    githubRepo: body.github_repo,
    budgetUsd: body.budget_usd,
    allowedHosts: body.allowed_hosts,
    graph: graphFor(body.agent_type),
  });
  const run = await findRunById(transaction, id);
  if (run === undefined) throw new Error('The run that was just written is not there');
  return { status: 202, body: run, headers: { location: `/api/v1/runs/${id}` } };
});

function graphFor(agentType: string | undefined) {
  if (agentType === undefined || agentType === PLANNER) return unplannedGraph();
  const names = plannableWorkers().map((worker) => worker.assignment);
  if (!names.includes(agentType)) {
    throw new Problem(
      'invalid-request',
      `There is no agent ${agentType}; there are ${[PLANNER, ...names].join(', ')}.`,
      {
        errors: [{ path: 'body.agent_type', message: 'unknown agent' }],
      },
    );
  }
  return singleGraph(agentType);
}
