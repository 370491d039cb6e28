import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { LogLine } from '../events/event.ts';
import { requireRun } from '../find-run.ts';
import { RunParams } from '../run.ts';
import { listEventsAfter } from '../sql/event.ts';

const Position = z.strictObject({ after: z.int() });

/**
 * Declares: lists the log of a run, oldest line first. To follow a run that is under way, repeat the call with the last
 * `next_cursor`.
 */
export const listLogsOf = (noun: 'run' | 'sprint') =>
  endpoint({
    name: `runs-list-${noun}-logs`,
    route: `GET /api/v1/${noun}s/{id}/logs`,
    access: 'runs:read',
    summary: `Lists a ${noun}'s log lines, oldest first.`,
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
    if (found.length === 0) await requireRun(read, params.id, noun);
    const items = found.slice(0, query.limit);
    const last = found.length > query.limit ? items.at(-1) : undefined;
    return { status: 200, body: { items, next_cursor: last ? cursor.encode({ after: last.seq }) : null } };
  });
