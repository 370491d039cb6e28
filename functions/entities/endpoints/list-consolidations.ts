import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { ConsolidationLine, lineOf } from '../consolidate/consolidation.ts';
import { listConsolidations } from '../sql/memory-consolidation.ts';

const Position = z.strictObject({ id: idSchema('con') });

/**
 * Lists the consolidations of the caller's files with their commits, newest first, including those that the timer
 * started.
 */
export const listConsolidationsEndpoint = endpoint({
  name: 'entities-list-consolidations',
  route: 'GET /api/v1/memory/consolidations',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists the consolidations of your entity files, newest first.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(ConsolidationLine) },
}).query(async ({ query, read, cursor }) => {
  const before = cursor.decode(query.cursor, Position)?.id;
  const rows = await listConsolidations(read, { before, limit: query.limit + 1 });
  const items = rows.slice(0, query.limit).map(({ commits, ...row }) => ({ ...lineOf(row), commits }));
  const last = rows.length > query.limit ? items.at(-1) : undefined;
  return { status: 200, body: { items, next_cursor: last === undefined ? null : cursor.encode({ id: last.id }) } };
});
