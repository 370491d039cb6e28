import { endpoint } from '../../platform/endpoint.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { showSprint } from '../find-run.ts';
import { startRun } from '../lifecycle/start.ts';
import { sprintGraph } from '../planning/graph.ts';
import { Sprint, StartSprintBody } from '../run-view.ts';
import { TEAM_WORKERS } from '../worker.ts';

/**
 * Starts a sprint. The run, its nodes, its first event, its first task and the answer are one transaction, so an
 * accepted sprint is never lost. Repeating the call with the same Idempotency-Key returns the first sprint. Answers 429
 * over the tenant's `max_concurrent_sprints`.
 */
export const startSprint = endpoint({
  name: 'runs-start-sprint',
  route: 'POST /api/v1/sprints',
  access: 'runs:write',
  summary: 'Starts a sprint: a team of workers plans, works in parallel and delivers files.',
  body: StartSprintBody,
  reply: { 202: Sprint },
  deployment: { secrets: MODEL_KEYS },
}).handle(async ({ body, transaction }) => {
  const { task, team = [...TEAM_WORKERS], ...settings } = body;
  const id = await startRun(transaction, { ...settings, kind: 'sprint', query: task, team }, sprintGraph(team));
  return {
    status: 202,
    body: await showSprint(transaction, id),
    headers: { location: `/api/v1/sprints/${id}` },
  };
});
