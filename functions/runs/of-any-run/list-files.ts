import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { listWorkspace } from '../../tools/workspace.ts';
import { requireRun } from '../find-run.ts';
import { RunParams, Timestamp } from '../run.ts';

const Position = z.strictObject({ after: z.string() });
const FileLine = z.strictObject({ path: z.string(), size: z.int(), sha256: z.string(), updated_at: Timestamp });

/**
 * Declares: lists the files of a run of any kind in the order of their paths, without `.git` folders. `/runs` and
 * `/sprints` list the same.
 */
export const listFilesOf = (noun: 'run' | 'sprint') =>
  endpoint({
    name: `runs-list-${noun}-files`,
    route: `GET /api/v1/${noun}s/{id}/files`,
    access: 'runs:read',
    summary: `Lists a ${noun}'s files.`,
    params: RunParams,
    query: z.strictObject({
      ...pageQuery,
      prefix: z.string().max(1_024).optional(),
    }),
    reply: { 200: pageOf(FileLine) },
  }).query(async ({ params, query, read, cursor }) => {
    const after = cursor.decode(query.cursor, Position)?.after;
    const found = await listWorkspace(read, params.id, {
      limit: query.limit + 1,
      ...(query.prefix === undefined ? {} : { prefix: query.prefix }),
      ...(after === undefined ? {} : { after }),
    });
    if (found.length === 0) await requireRun(read, params.id, noun);
    const items = found
      .slice(0, query.limit)
      .map(({ path, size, sha256, updated_at }) => ({ path, size, sha256, updated_at }));
    const last = found.length > query.limit ? items.at(-1) : undefined;
    return { status: 200, body: { items, next_cursor: last ? cursor.encode({ after: last.path }) : null } };
  });
