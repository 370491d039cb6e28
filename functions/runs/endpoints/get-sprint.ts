import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { RunParams, Sprint } from '../run.ts';
import { findSprintById } from '../sql/run.ts';

/** One sprint with its workers, its graph, what it cost and, at the end, its result. */
export const getSprint = endpoint({
  name: 'runs-get-sprint',
  route: 'GET /api/v1/sprints/{id}',
  access: 'runs:read',
  summary: 'Shows a sprint: status, result, workers, graph, tokens and cost.',
  params: RunParams,
  reply: { 200: Sprint },
}).query(async ({ params, read }) => {
  const sprint = await findSprintById(read, params.id);
  if (sprint === undefined) throw new Problem('not-found', 'There is no such sprint.');
  return { status: 200, body: sprint };
});
