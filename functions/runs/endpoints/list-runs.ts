import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { RunId, Timestamp } from '../run.ts';
import { filterOf, runFilterQuery, Statuses } from '../run-filter.ts';
import { RunSummary } from '../run-view.ts';
import { listRuns } from '../sql/run-list.ts';

const Position = z.strictObject({ created_at: Timestamp, id: RunId });

/** Lists the tenant's runs of every kind that match the filters, newest first. */
export const listRunsEndpoint = endpoint({
  name: 'runs-list-runs',
  route: 'GET /api/v1/runs',
  access: 'runs:read',
  summary: "Lists the tenant's runs, sprints among them, newest first.",
  query: z.strictObject({
    ...pageQuery,
    ...runFilterQuery,
    status: Statuses.optional().meta({ description: 'One status, or several with commas: `failed,cancelled`' }),
  }),
  reply: { 200: pageOf(RunSummary) },
}).query(async ({ query, read, cursor }) => {
  const before = cursor.decode(query.cursor, Position);
  const page = { limit: query.limit + 1, before, statuses: query.status };
  const found = await listRuns(read, filterOf(query), page);
  const items = found.slice(0, query.limit);
  const last = found.length > query.limit ? items.at(-1) : undefined;
  return {
    status: 200,
    body: { items, next_cursor: last ? cursor.encode({ created_at: last.created_at, id: last.id }) : null },
  };
});
