import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { AsOf } from '../as-of.ts';
import { openCommit, textsAt } from '../branch/read-branch.ts';
import { indexEntry } from '../files/entity-index.ts';
import { EntityPath } from '../files/ontology.ts';
import { listBlocks } from '../sql/memory-block.ts';

const Blamed = z.strictObject({
  block: z.string(),
  heading: z.string(),
  text: z.string(),
  strength: z.enum(['low', 'medium', 'high']),
  always_load: z.boolean(),
  commit_id: z.string().meta({ description: 'The commit that this text came with' }),
  since: z.string(),
});

/**
 * Returns an entity's file, now or as of a moment, with the commit that each block came with. 404 for other users and
 * when the entity did not exist.
 */
export const readEntity = endpoint({
  name: 'entities-read-entity',
  route: 'GET /api/v1/memory/entities/{entity+}',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Reads an entity, as of any time, with the commit of each block.',
  params: z.strictObject({ entity: EntityPath }),
  query: z.strictObject({ as_of: AsOf }),
  reply: {
    200: z.strictObject({
      path: z.string(),
      name: z.string(),
      type: z.string(),
      aliases: z.array(z.string()),
      commit_id: z.string(),
      text: z.string(),
      blocks: z.array(Blamed),
    }),
  },
}).query(async ({ params, query, read }) => {
  const head = await openCommit(read, query.as_of);
  const text = (await textsAt(read, head?.tree_id, [params.entity])).get(params.entity);
  if (head === undefined || text === undefined)
    throw new Problem('not-found', 'The entity does not exist at this time.');
  const rows = await listBlocks(read, { paths: [params.entity], asOf: head.committed_at });
  const { path, name, type, aliases, blocks } = indexEntry(params.entity, text);
  const order = new Map(blocks.map(({ id }, index) => [id, index]));
  const sorted = rows.toSorted((one, other) => (order.get(one.block) ?? 0) - (order.get(other.block) ?? 0));
  return {
    status: 200,
    body: {
      path,
      name,
      type,
      aliases,
      commit_id: head.id,
      text,
      blocks: sorted.map(({ path: _, names: __, valid_from: since, ...block }) => ({ ...block, since })),
    },
  };
});
