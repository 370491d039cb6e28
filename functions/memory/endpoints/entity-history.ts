import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { EntityPath } from '../entities/ontology.ts';
import { listHistory } from '../sql/memory-commit.ts';

/** The commits that changed an entity, newest first. What never was, or is another person's, is 404. */
export const entityHistory = endpoint({
  name: 'memory-entity-history',
  route: 'GET /api/v1/memory/entities/{entity+}/history',
  access: 'memory:read',
  summary: 'Lists the commits that changed an entity, newest first.',
  params: z.strictObject({ entity: EntityPath }),
  query: z.strictObject({
    limit: z.coerce.number().int().min(1).max(200).default(50),
    below: z.coerce.number().int().min(1).max(2_000_000_000).optional().meta({
      description: 'Only commits of a position below this one: that of the last item of the page before',
    }),
  }),
  reply: {
    200: z.strictObject({
      items: z.array(
        z.strictObject({
          commit_id: z.string(),
          position: z.int(),
          session_id: z.string().nullable(),
          message: z.string(),
          committed_at: z.string(),
          kind: z.enum(['created', 'changed', 'removed']),
        }),
      ),
    }),
  },
}).query(async ({ params, query, read }) => {
  const rows = await listHistory(read, { path: params.entity, below: query.below, limit: query.limit });
  if (rows.length === 0 && query.below === undefined) throw new Problem('not-found', 'There is no such entity.');
  const items = rows.map(({ before_id: before, after_id: after, ...commit }) => ({
    ...commit,
    kind: before === null ? ('created' as const) : after === null ? ('removed' as const) : ('changed' as const),
  }));
  return { status: 200, body: { items } };
});
