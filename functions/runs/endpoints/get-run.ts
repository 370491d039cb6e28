import { endpoint } from '../../platform/endpoint.ts';
import { showRun } from '../find-run.ts';
import { RunParams } from '../run.ts';
import { Run } from '../run-view.ts';

/**
 * Returns a run of any kind: its graph with the state of every node, its cost, its open questions and, once it has
 * ended, its result.
 */
export const getRun = endpoint({
  name: 'runs-get-run',
  route: 'GET /api/v1/runs/{id}',
  access: 'runs:read',
  summary: 'Shows a run: status, graph, nodes, open questions, cost and result.',
  params: RunParams,
  reply: { 200: Run },
}).query(async ({ params, read }) => ({ status: 200, body: await showRun(read, params.id) }));
