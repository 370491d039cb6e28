import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { RunId, RunStatus, Timestamp } from '../run.ts';
import { SprintSummary } from '../run-view.ts';
import { listSprints } from '../sql/run-view.ts';

const Position = z.strictObject({ created_at: Timestamp, id: RunId });

/** Lists the tenant's sprints, newest first. */
export const listSprintsEndpoint = endpoint({
  name: 'runs-list-sprints',
  route: 'GET /api/v1/sprints',
  access: 'runs:read',
  summary: "Lists the tenant's sprints, newest first.",
  query: z.strictObject({
    ...pageQuery,
    status: RunStatus.optional(),
  }),
  reply: { 200: pageOf(SprintSummary) },
}).query(async ({ query, read, cursor }) => {
  const before = cursor.decode(query.cursor, Position);
  const found = await listSprints(read, { limit: query.limit + 1, before, status: query.status });
  const items = found.slice(0, query.limit);
  const last = found.length > query.limit ? items.at(-1) : undefined;
  return {
    status: 200,
    body: { items, next_cursor: last ? cursor.encode({ created_at: last.created_at, id: last.id }) : null },
  };
});
