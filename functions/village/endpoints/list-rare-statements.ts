import { z } from 'zod';
import { healthRule } from '../../memory/health/health.ts';
import { unusedPage } from '../../memory/health/unused-page.ts';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { UsedStatement } from '../health.ts';
import { listRareStatements as listRareRows } from '../sql/health.ts';

/** Lists the caller's own statements that are older than seven days and that at most two searches showed. */
export const listRareStatements = endpoint({
  name: 'village-list-rare-statements',
  route: 'GET /api/v1/village/health/rarely_used',
  access: 'village:read',
  summary: 'Lists your statements that few searches showed, the oldest first.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(UsedStatement) },
}).query(async ({ query, read, cursor }) => ({
  status: 200,
  body: await unusedPage(query, cursor, (page) => listRareRows(read, healthRule(), page)),
}));
