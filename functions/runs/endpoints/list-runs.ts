import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { RunId, RunStatus, Timestamp } from '../run.ts';
import { RunSummary } from '../run-view.ts';
import { listRuns } from '../sql/run-view.ts';

const Position = z.strictObject({ created_at: Timestamp, id: RunId });

/** Lists the tenant's runs of every kind, newest first. */
export const listRunsEndpoint = endpoint({
  name: 'runs-list-runs',
  route: 'GET /api/v1/runs',
  access: 'runs:read',
  summary: "Lists the tenant's runs, sprints among them, newest first.",
  query: z.strictObject({ ...pageQuery, status: RunStatus.optional(), kind: z.enum(['run', 'sprint']).optional() }),
  reply: { 200: pageOf(RunSummary) },
}).query(async ({ query, read, cursor }) => {
  const before = cursor.decode(query.cursor, Position);
  const found = await listRuns(read, { limit: query.limit + 1, before, status: query.status, kind: query.kind });
  const items = found.slice(0, query.limit);
  const last = found.length > query.limit ? items.at(-1) : undefined;
  return {
    status: 200,
    body: { items, next_cursor: last ? cursor.encode({ created_at: last.created_at, id: last.id }) : null },
  };
});
