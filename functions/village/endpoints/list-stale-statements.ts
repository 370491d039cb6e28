import { z } from 'zod';
import { healthRule, StaleDays } from '../../memory/health/health.ts';
import { unusedPage } from '../../memory/health/unused-page.ts';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { UsedStatement } from '../health.ts';
import { listStaleStatements as listStaleRows } from '../sql/health.ts';

/** Lists the caller's own statements that no search showed for `days` days, the oldest first. */
export const listStaleStatements = endpoint({
  name: 'village-list-stale-statements',
  route: 'GET /api/v1/village/health/stale',
  access: 'village:read',
  summary: 'Lists your statements that no search showed lately, the oldest first.',
  query: z.strictObject({ ...pageQuery, days: StaleDays }),
  reply: { 200: pageOf(UsedStatement) },
}).query(async ({ query, read, cursor }) => ({
  status: 200,
  body: await unusedPage(query, cursor, (page) => listStaleRows(read, healthRule(query.days), page)),
}));
