import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import type { Reads } from '../../platform/http/endpoint-contract.ts';
import { openCommit } from '../branch/read-branch.ts';
import { writeBundle } from '../git/write-pack.ts';
import { findObjectCount, listObjects, type ObjectRow } from '../sql/memory-object.ts';
import { findRepository } from '../sql/memory-repository.ts';

/**
 * Exports the caller's entity memory as a git bundle: `git clone memory.bundle` gives the repository with its history.
 * Commits made during the export are not in it. 404 when nothing is committed.
 */
export const exportMemory = endpoint({
  name: 'entities-export-memory',
  route: 'GET /api/v1/memory/export',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Exports your entity memory as a git bundle that git can clone.',
  reply: { 200: 'application/x-git-bundle' },
}).query(async ({ read }) => {
  const repository = await findRepository(read);
  const head = await openCommit(read);
  if (repository === undefined || head === undefined) throw new Problem('not-found', 'Nothing is committed yet.');
  const objectCount = await findObjectCount(read, head.position);
  const objects = objectsOf(read, head.position);
  return {
    status: 200,
    stream: writeBundle({ branch: repository.branch, commitId: head.id, objectCount, objects }),
    headers: { 'content-disposition': 'attachment; filename="memory.bundle"' },
  };
});

const PAGE = 200;

async function* objectsOf(read: Reads, position: number): AsyncIterable<ObjectRow> {
  let after: ObjectRow | undefined;
  do {
    const page = await listObjects(read, { position, after, limit: PAGE });
    yield* page;
    after = page.length === PAGE ? page.at(-1) : undefined;
  } while (after !== undefined);
}
