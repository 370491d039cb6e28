import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { showRun } from '../find-run.ts';
import { startRun } from '../lifecycle/start.ts';
import { PLANNER, singleGraph, unplannedGraph } from '../planning/graph.ts';
import { Run, StartRunBody } from '../run-view.ts';
import { plannableWorkers } from '../worker.ts';

/**
 * Starts a run. A planner draws the graph of workers that answer the query, or the worker that `agent_type` names
 * answers it alone. The run and its first task are one transaction, so an accepted run is never lost. Repeating the
 * call with the same Idempotency-Key returns the first run. Answers 429 over the tenant's `max_concurrent_sprints`.
 */
export const startRunEndpoint = endpoint({
  name: 'runs-start-run',
  route: 'POST /api/v1/runs',
  access: 'runs:write',
  summary: 'Starts a run: a planner draws a graph of workers that answer the query.',
  body: StartRunBody,
  reply: { 202: Run },
  deployment: { secrets: MODEL_KEYS },
}).handle(async ({ body, transaction }) => {
  const id = await startRun(transaction, { ...body, kind: 'run', team: [] }, graphFor(body.agent_type));
  return { status: 202, body: await showRun(transaction, id), headers: { location: `/api/v1/runs/${id}` } };
});

/** @throws Problem 422 for a worker that does not exist or that a planner may not name */
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
