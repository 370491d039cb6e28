import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { UserId } from '../../platform/http/user-id.ts';
import { emptyRepositoryStatus, RepositoryStatus, repositoryStatus } from '../branch/repository-status.ts';
import { isUserKnown } from '../sql/memory-repository.ts';

/**
 * Shows the size of a memory repository of the caller or of one of their subjects, its linked repository, and the last
 * sync with both sides of each conflict. `status` says when the memory has no files yet. 404 for other users, and for a
 * subject that nothing was written for.
 */
export const getRepoStatus = endpoint({
  name: 'entities-get-repo-status',
  route: 'GET /api/v1/repos/status/{user_id}',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Shows the size of your memory repository and how its last sync ended.',
  params: z.strictObject({ user_id: UserId }),
  reply: { 200: RepositoryStatus },
}).query(async ({ params: { user_id: userId }, read }) => {
  const status = await repositoryStatus(read, userId);
  if (status !== undefined) return { status: 200, body: status };
  // A subject is named by the caller, and may not exist.
  if (!(await isUserKnown(read))) throw new Problem('not-found', 'There is no such user_id.');
  return { status: 200, body: emptyRepositoryStatus(userId) };
});
