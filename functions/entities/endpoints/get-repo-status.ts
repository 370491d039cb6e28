import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { UserId } from '../../platform/http/user-id.ts';
import { RepositoryStatus, repositoryStatus } from '../branch/repository-status.ts';

/**
 * Shows the size of a memory repository of the caller or of one of their subjects, its linked repository, and the last
 * sync with both sides of each conflict. 404 for other users and before the repository is set up.
 */
export const getRepoStatus = endpoint({
  name: 'entities-get-repo-status',
  route: 'GET /api/v1/repos/status/{user_id}',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Shows the size of your memory repository and how its last sync ended.',
  params: z.strictObject({ user_id: UserId }),
  reply: { 200: RepositoryStatus },
}).query(async ({ params, read }) => {
  const status = await repositoryStatus(read, params.user_id);
  if (status === undefined) throw new Problem('not-found', 'The repository does not exist.');
  return { status: 200, body: status };
});
