import { z } from 'zod';
import { NEAR_SEARCH } from '../../memory/health/find-twins.ts';
import { twinPage } from '../../memory/health/twin-page.ts';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { StatementTwins } from '../health.ts';
import { listNearOwnStatements, listUsedStatements } from '../sql/health.ts';

/**
 * Lists the pairs of the caller's own statements of one agent and the same readers that say the same, in the same or in
 * other words, each pair once. Compares the 1,000 newest statements, as facts are.
 */
export const listDuplicateStatements = endpoint({
  name: 'village-list-duplicate-statements',
  route: 'GET /api/v1/village/health/duplicates',
  access: 'village:read',
  summary: 'Lists pairs of your statements that say the same.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(StatementTwins) },
}).query(async ({ query, read, cursor }) => ({
  status: 200,
  body: await twinPage(query, cursor, {
    near: () => listNearOwnStatements(read, NEAR_SEARCH),
    load: (ids) => listUsedStatements(read, ids),
  }),
}));
