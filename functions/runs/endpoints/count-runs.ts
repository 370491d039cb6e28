import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { RunStatus } from '../run.ts';
import { filterOf, runFilterQuery } from '../run-filter.ts';
import { countRuns } from '../sql/run-list.ts';

const Counts = z.strictObject({
  total: z.int(),
  by_status: z.record(RunStatus, z.int()).meta({ description: 'Every status, with 0 for one without runs' }),
});

/** Counts the runs that `GET /runs` lists with the same filters, by status. */
export const countRunsEndpoint = endpoint({
  name: 'runs-count-runs',
  route: 'GET /api/v1/runs/counts',
  access: 'runs:read',
  summary: "Counts the tenant's runs by status, with the filters of the list.",
  query: z.strictObject(runFilterQuery),
  reply: { 200: Counts },
}).query(async ({ query, read }) => {
  const found = await countRuns(read, filterOf(query));
  const runsOf = (status: RunStatus) => found.find((row) => row.status === status)?.runs ?? 0;
  return {
    status: 200,
    body: {
      total: found.reduce((sum, { runs }) => sum + runs, 0),
      by_status: {
        queued: runsOf('queued'),
        running: runsOf('running'),
        waiting_input: runsOf('waiting_input'),
        completed: runsOf('completed'),
        failed: runsOf('failed'),
        cancelled: runsOf('cancelled'),
        cost_exceeded: runsOf('cost_exceeded'),
      },
    },
  };
});
