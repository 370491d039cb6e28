import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { healthRule, StaleDays, UsedMemory } from '../health/health.ts';
import { unusedPage } from '../health/unused-page.ts';
import { listStaleMemories as listStaleRows } from '../sql/memory-health.ts';

/**
 * Lists the caller's own facts that are true now and that nobody used, stated or changed for `days` days, the oldest
 * first. A use is a run or a chat that had the fact in its context.
 */
export const listStaleMemories = endpoint({
  name: 'memory-list-stale-memories',
  route: 'GET /api/v1/memory/health/stale',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists your facts that nobody used lately, the oldest first.',
  query: z.strictObject({ ...pageQuery, days: StaleDays }),
  reply: { 200: pageOf(UsedMemory) },
}).query(async ({ query, read, cursor }) => ({
  status: 200,
  body: await unusedPage(query, cursor, (page) => listStaleRows(read, healthRule(query.days), page)),
}));
