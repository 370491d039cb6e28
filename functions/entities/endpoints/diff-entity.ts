import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { DiffEnd, diffOfEntity } from '../branch/entity-diff.ts';
import { BlockChange } from '../files/diff-blocks.ts';
import { EntityPath } from '../files/ontology.ts';

/**
 * Shows what changed in an entity between two commits or moments, by block; by default the newest change. 404 for an
 * unknown entity or commit.
 */
export const diffEntity = endpoint({
  name: 'entities-diff-entity',
  route: 'GET /api/v1/memory/entities/{entity+}/diff',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Shows what changed in an entity between two commits or times, by block.',
  params: z.strictObject({ entity: EntityPath }),
  query: z.strictObject({ from: DiffEnd.optional(), to: DiffEnd.optional() }),
  reply: {
    200: z.strictObject({
      path: z.string(),
      from: z.string().nullable().meta({ description: 'The older commit; null before the first commit' }),
      to: z.string(),
      blocks: z.array(BlockChange),
    }),
  },
}).query(async ({ params: { entity }, query, read }) => {
  const diff = await diffOfEntity(read, { path: entity, ...query });
  if ('missing' in diff) throw new Problem('not-found', `The ${diff.missing} does not exist.`);
  const { from, to, blocks } = diff;
  return { status: 200, body: { path: entity, from: from?.id ?? null, to: to.id, blocks } };
});
