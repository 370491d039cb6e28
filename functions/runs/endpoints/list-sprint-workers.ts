import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { showSprint } from '../find-run.ts';
import { RunParams } from '../run.ts';
import { WorkerState } from '../run-view.ts';

/**
 * Lists the workers of a sprint with provider, model, status, turns, attempts, tokens and cost. One page holds the
 * whole team.
 */
export const listSprintWorkers = endpoint({
  name: 'runs-list-sprint-workers',
  route: 'GET /api/v1/sprints/{id}/workers',
  access: 'runs:read',
  summary: "Lists a sprint's workers with model, status, turns, tokens and cost.",
  params: RunParams,
  reply: { 200: z.strictObject({ items: z.array(WorkerState), next_cursor: z.null() }) },
}).query(async ({ params, read }) => {
  const { workers } = await showSprint(read, params.id);
  return { status: 200, body: { items: workers, next_cursor: null } };
});
