import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { LogLine } from '../event.ts';
import { RunParams } from '../run.ts';
import { listEventsAfter } from '../sql/event.ts';
import { findRunStatus } from '../sql/run.ts';

const Position = z.strictObject({ after: z.int() });

/** The log of a sprint, oldest first. `next_cursor` is there as long as there is more; ask again with the last one to follow a running sprint. */
export const listSprintLogs = endpoint({
  name: 'runs-list-sprint-logs',
  route: 'GET /api/v1/sprints/{id}/logs',
  access: 'runs:read',
  summary: "Lists a sprint's log lines, oldest first.",
  params: RunParams,
  query: z.strictObject({
    ...pageQuery,
    level: LogLine.shape.level.optional(),
    source: z.string().max(50).optional(),
  }),
  reply: { 200: pageOf(LogLine) },
}).query(async ({ params, query, read, cursor }) => {
  const after = cursor.decode(query.cursor, Position)?.after ?? 0;
  const found = await listEventsAfter(read, params.id, {
    after,
    limit: query.limit + 1,
    level: query.level,
    source: query.source,
  });
  if (found.length === 0 && (await findRunStatus(read, params.id)) === undefined)
    throw new Problem('not-found', 'There is no such sprint.');
  const items = found.slice(0, query.limit);
  const last = found.length > query.limit ? items.at(-1) : undefined;
  return { status: 200, body: { items, next_cursor: last ? cursor.encode({ after: last.seq }) : null } };
});
