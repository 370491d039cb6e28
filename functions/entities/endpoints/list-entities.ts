import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { AsOf } from '../as-of.ts';
import { Entity, entitiesAt } from '../branch/read-branch.ts';
import { pageOfCommit } from '../commit-page.ts';

/**
 * Lists the caller's entities by path, now or as of a moment, each with its strength. All pages show the same commit.
 * The list of an empty memory is empty.
 */
export const listEntities = endpoint({
  name: 'entities-list-entities',
  route: 'GET /api/v1/memory/entities',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists your entities: people, projects, decisions and events.',
  query: z.strictObject({ ...pageQuery, as_of: AsOf }),
  reply: { 200: pageOf(Entity) },
}).query(async ({ query, read, cursor }) => ({
  status: 200,
  body: await pageOfCommit({ read, cursor, query, itemsOf: (commit) => entitiesAt(read, commit) }),
}));
