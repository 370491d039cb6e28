import { z } from 'zod';
import { twinPage } from '../../memory/health/twin-page.ts';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { StatementTwins } from '../health.ts';
import { listTwinStatements, listUsedStatements } from '../sql/health.ts';

/**
 * Lists the pairs of the caller's own statements of one agent and the same readers that say the same (cosine of their
 * vectors at least 0.95), each pair once. Compares the 1,000 newest statements.
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
    list: (search) => listTwinStatements(read, search),
    load: (ids) => listUsedStatements(read, ids),
  }),
}));
