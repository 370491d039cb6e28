import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { RunParams } from '../run.ts';
import { Run } from '../run-view.ts';
import { findRunById } from '../sql/run-view.ts';

/** One run of any kind: its graph with the state of every node, what it cost, what waits for the person, and at the end its result. */
export const getRun = endpoint({
  name: 'runs-get-run',
  route: 'GET /api/v1/runs/{id}',
  access: 'runs:read',
  summary: 'Shows a run: status, graph, nodes, open questions, cost and result.',
  params: RunParams,
  reply: { 200: Run },
}).query(async ({ params, read }) => {
  const run = await findRunById(read, params.id);
  if (run === undefined) throw new Problem('not-found', 'There is no such run.');
  return { status: 200, body: run };
});
