import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { RepositoryStatus, repositoryStatus } from '../branch/repository-status.ts';

/**
 * How the caller's memory repository is, with which one it is linked, and how the last sync ended, with both sides of what they could not agree on. Another
 * person's is 404, as is one that is not set up.
 */
export const getRepoStatus = endpoint({
  name: 'entities-get-repo-status',
  route: 'GET /api/v1/repos/status/{user_id}',
  access: 'memory:read',
  summary: 'Tells how much is in your memory repository, and how its last sync ended.',
  params: z.strictObject({ user_id: idSchema('usr') }),
  reply: { 200: RepositoryStatus },
}).query(async ({ params, read }) => {
  const status = await repositoryStatus(read, params.user_id);
  if (status === undefined) throw new Problem('not-found', 'There is no such repository.');
  return { status: 200, body: status };
});
