import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { listVersions } from '../../tools/workspace.ts';
import { requireRun } from '../find-run.ts';
import { RunId, Timestamp } from '../run.ts';

const Position = z.strictObject({ before: z.int() });
const FileVersion = z.strictObject({
  number: z.int(),
  node: z.string().nullable().meta({ description: 'Null when no call made the version, as in a replay' }),
  turn: z.int().nullable(),
  updated_by: z.string().nullable(),
  size: z.int(),
  sha256: z.string().nullable(),
  deleted: z.boolean(),
  available: z.boolean().meta({ description: 'Whether `GET …/files/{path}?version=` returns the content' }),
  created_at: Timestamp,
});

/**
 * Lists the versions of a file of a run, newest first. A deletion is a version too. Beside the newest version of each
 * file, the contents of 2,000 former versions and 256 MiB of a run are kept, at most 49 of one file; older versions are
 * listed as not available.
 */
export const listFileVersions = endpoint({
  name: 'runs-list-file-versions',
  route: 'GET /api/v1/runs/{id}/file-versions/{path+}',
  access: 'runs:read',
  summary: 'Lists the versions of a file of a run, newest first, with the turn that wrote each.',
  params: z.strictObject({ id: RunId, path: z.string().min(1).max(1_024) }),
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(FileVersion) },
}).query(async ({ params, query, read, cursor }) => {
  const before = cursor.decode(query.cursor, Position)?.before;
  const found = await listVersions(read, params.id, params.path, { before, limit: query.limit + 1 });
  if (found.length === 0) {
    await requireRun(read, params.id);
    throw new Problem('not-found', `The run has no file ${params.path}.`);
  }
  const items = found.slice(0, query.limit).map(({ is_available: available, ...version }) => ({
    ...version,
    deleted: version.sha256 === null,
    available,
  }));
  const last = found.length > query.limit ? items.at(-1) : undefined;
  return { status: 200, body: { items, next_cursor: last ? cursor.encode({ before: last.number }) : null } };
});
