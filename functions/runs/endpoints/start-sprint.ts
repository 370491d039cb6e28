import { endpoint } from '../../platform/endpoint.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { sprintGraph } from '../graph.ts';
import { Sprint, StartSprintBody } from '../run.ts';
import { findSprintById } from '../sql/run.ts';
import { startRun } from '../start.ts';
import { TEAM_WORKERS } from '../worker.ts';

/**
 * Starts a sprint: the run, its nodes, its first event and its first task are one transaction with the answer, so an accepted sprint is never lost.
 * Repeating the call with the same Idempotency-Key returns the first sprint. Over the tenant's `max_concurrent_sprints` it is 429.
 */
export const startSprint = endpoint({
  name: 'runs-start-sprint',
  route: 'POST /api/v1/sprints',
  access: 'runs:write',
  summary: 'Starts a sprint: a team of workers plans, works in parallel and hands over files.',
  body: StartSprintBody,
  reply: { 202: Sprint },
  deployment: { secrets: MODEL_KEYS },
  idempotent: true,
}).handle(async ({ body, transaction }) => {
  const team = body.team ?? [...TEAM_WORKERS];
  const id = await startRun(transaction, {
    kind: 'sprint',
    query: body.task,
    team,
    githubRepo: body.github_repo,
    budgetUsd: body.budget_usd,
    allowedHosts: body.allowed_hosts,
    graph: sprintGraph(team),
  });
  const sprint = await findSprintById(transaction, id);
  if (sprint === undefined) throw new Error('The sprint that was just written is not there');
  return { status: 202, body: sprint, headers: { location: `/api/v1/sprints/${id}` } };
});
