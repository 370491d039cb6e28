import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { EntityPath } from '../files/ontology.ts';
import { listHistory } from '../sql/memory-commit.ts';

const Position = z.strictObject({ position: z.int() });

/**
 * Lists the commits that changed an entity, newest first. 404 for an entity that never existed or belongs to another
 * user.
 */
export const listEntityHistory = endpoint({
  name: 'entities-list-entity-history',
  route: 'GET /api/v1/memory/entities/{entity+}/history',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists the commits that changed an entity, newest first.',
  params: z.strictObject({ entity: EntityPath }),
  query: z.strictObject({ ...pageQuery }),
  reply: {
    200: pageOf(
      z.strictObject({
        commit_id: z.string(),
        position: z.int(),
        session_id: z.string().nullable(),
        message: z.string(),
        committed_at: z.string(),
        kind: z.enum(['created', 'changed', 'removed']),
        remote: z
          .strictObject({
            commit_id: z.string(),
            authors: z.array(z.string()).meta({ description: 'Names of the authors of the synced commits' }),
          })
          .nullable()
          .meta({ description: 'The commit of the linked repository that a sync took this from' }),
      }),
    ),
  },
}).query(async ({ params, query, read, cursor }) => {
  const below = cursor.decode(query.cursor, Position)?.position;
  const rows = await listHistory(read, { path: params.entity, below, limit: query.limit + 1 });
  if (rows.length === 0 && below === undefined) throw new Problem('not-found', 'The entity does not exist.');
  const items = rows
    .slice(0, query.limit)
    .map(({ before_id: before, after_id: after, remote_commit: remote, remote_authors: authors, ...commit }) => ({
      ...commit,
      remote: remote === null ? null : { commit_id: remote, authors },
      kind: before === null ? ('created' as const) : after === null ? ('removed' as const) : ('changed' as const),
    }));
  const last = rows.length > query.limit ? items.at(-1) : undefined;
  return { status: 200, body: { items, next_cursor: last ? cursor.encode({ position: last.position }) : null } };
});
