import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { RunParams, WorkerState } from '../run.ts';
import { findSprintById } from '../sql/run.ts';

/** The workers of a sprint: provider, model, status, turns, tokens, cost, tries. A team is small, so it is one page. */
export const listSprintWorkers = endpoint({
  name: 'runs-list-sprint-workers',
  route: 'GET /api/v1/sprints/{id}/workers',
  access: 'runs:read',
  summary: "Lists a sprint's workers with model, status, turns, tokens and cost.",
  params: RunParams,
  reply: { 200: z.strictObject({ items: z.array(WorkerState), next_cursor: z.null() }) },
}).query(async ({ params, read }) => {
  const sprint = await findSprintById(read, params.id);
  if (sprint === undefined) throw new Problem('not-found', 'There is no such sprint.');
  return { status: 200, body: { items: sprint.workers, next_cursor: null } };
});
