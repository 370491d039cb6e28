import { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { REPLY_BYTES } from '../../platform/http/budget.ts';
import { findFile, findVersion, openContent, readContent, toFileBody } from '../../tools/workspace.ts';
import { requireRun } from '../find-run.ts';
import { RunId } from '../run.ts';

/** @throws Problem 404 when the version has no content that is kept */
async function findContent(read: Queryable, runId: string, path: string, number: number) {
  const version = await findVersion(read, runId, path, number);
  if (version === undefined) return undefined;
  const { sha256, size, is_available: isAvailable } = version;
  if (sha256 === null) throw new Problem('not-found', `The file ${path} is deleted in version ${number}.`);
  if (!isAvailable) throw new Problem('not-found', `The content of version ${number} of ${path} is not kept any more.`);
  return { path, sha256, size };
}

const FileBody = z.strictObject({
  path: z.string(),
  content: z.string(),
  encoding: z.enum(['utf-8', 'base64']),
  size: z.int(),
  sha256: z.string(),
});

/**
 * Declares: returns a file as JSON, or with `raw=1` its bytes as a download. The browser never displays the file,
 * whatever its type. `version` returns the content of an earlier version.
 */
export const readFileOf = (noun: 'run' | 'sprint') =>
  endpoint({
    name: `runs-read-${noun}-file`,
    route: `GET /api/v1/${noun}s/{id}/files/{path+}`,
    access: 'runs:read',
    summary: `Reads a file of a ${noun}, as JSON or (raw=1) as a download.`,
    params: z.strictObject({ id: RunId, path: z.string().min(1).max(1_024) }),
    query: z.strictObject({
      raw: z.enum(['0', '1']).optional(),
      version: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
    }),
    reply: { 200: FileBody },
    alternative: 'application/octet-stream',
  }).query(async ({ params, query, read, hold }) => {
    const { id, path } = params;
    const [run, file] = await Promise.all([
      requireRun(read, id, noun),
      query.version === undefined ? findFile(read, id, path) : findContent(read, id, path, query.version),
    ]);
    if (file === undefined) throw new Problem('not-found', `The ${noun} has no file ${path}.`);
    if (query.raw !== '1') {
      hold(REPLY_BYTES, file.size);
      return { status: 200, body: toFileBody(file, await readContent(run.tenant_id, file)) };
    }
    const name = params.path.split('/').at(-1) ?? 'file';
    return {
      status: 200,
      stream: await openContent(run.tenant_id, file),
      headers: {
        'content-length': String(file.size),
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      },
    };
  });
