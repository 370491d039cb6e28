import { endpoint } from '../../platform/endpoint.ts';
import { showSprint } from '../find-run.ts';
import { RunParams } from '../run.ts';
import { Sprint } from '../run-view.ts';

/** Returns a sprint with its workers, its graph, its cost and, once it has ended, its result. */
export const getSprint = endpoint({
  name: 'runs-get-sprint',
  route: 'GET /api/v1/sprints/{id}',
  access: 'runs:read',
  summary: 'Shows a sprint: status, result, workers, graph, tokens and cost.',
  params: RunParams,
  reply: { 200: Sprint },
}).query(async ({ params, read }) => ({ status: 200, body: await showSprint(read, params.id) }));
