import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { NEAR_SEARCH } from '../health/find-twins.ts';
import { Twins } from '../health/health.ts';
import { twinPage } from '../health/twin-page.ts';
import { listNearMemories, listUsedMemories } from '../sql/memory-health.ts';

/**
 * Lists the pairs of the caller's own true facts of one scope that say the same, in the same or in other words, each
 * pair once. Compares the 1,000 newest facts, each with those that are nearest by their vectors; rules read whether
 * both say the same. `POST /memory/health/merge` makes one fact of a pair, `…/duplicates/dismiss` says that its facts
 * are different; `dismissed=true` lists the pairs of which that was said.
 */
export const listDuplicateMemories = endpoint({
  name: 'memory-list-duplicate-memories',
  route: 'GET /api/v1/memory/health/duplicates',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists pairs of your facts that say the same.',
  query: z.strictObject({ ...pageQuery, dismissed: z.enum(['false', 'true']).default('false') }),
  reply: { 200: pageOf(Twins) },
}).query(async ({ query, read, cursor }) => ({
  status: 200,
  body: await twinPage(query, cursor, {
    near: () => listNearMemories(read, NEAR_SEARCH, query.dismissed === 'true'),
    load: (ids) => listUsedMemories(read, ids),
  }),
}));
