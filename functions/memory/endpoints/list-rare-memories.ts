import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { healthRule, UsedMemory } from '../health/health.ts';
import { unusedPage } from '../health/unused-page.ts';
import { listRareMemories as listRareRows } from '../sql/memory-health.ts';

/**
 * Lists the caller's own facts that are true now, older than seven days, and in the context of at most two runs or
 * chats, the oldest first.
 */
export const listRareMemories = endpoint({
  name: 'memory-list-rare-memories',
  route: 'GET /api/v1/memory/health/rarely_used',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists your facts that were rarely used, the oldest first.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(UsedMemory) },
}).query(async ({ query, read, cursor }) => ({
  status: 200,
  body: await unusedPage(query, cursor, (page) => listRareRows(read, healthRule(), page)),
}));
