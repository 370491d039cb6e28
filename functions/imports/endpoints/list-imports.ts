import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Import, ImportId } from '../import.ts';
import { listImports } from '../sql/import.ts';

const Position = z.strictObject({ created_at: z.iso.datetime(), id: ImportId });

/** Lists the caller's imports, newest first. */
export const listImportsEndpoint = endpoint({
  name: 'imports-list-imports',
  route: 'GET /api/v1/imports',
  access: 'memory:read',
  summary: 'Lists your imports, newest first.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(Import) },
}).query(async ({ query, read, cursor }) => {
  const rows = await listImports(read, { limit: query.limit + 1, before: cursor.decode(query.cursor, Position) });
  const items = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? items.at(-1) : undefined;
  const next = last && cursor.encode({ created_at: last.created_at, id: last.id });
  return { status: 200, body: { items, next_cursor: next ?? null } };
});
