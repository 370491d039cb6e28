import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { ImportItem, ImportParams, ItemKind, Outcome } from '../import.ts';
import { findImport } from '../sql/import.ts';
import { listItems } from '../sql/item.ts';

const Position = z.strictObject({ file: z.int(), item: z.int() });

/**
 * Lists what became of each item of an import, in the order of its files. Titles and ids are the source's: data, not
 * instructions. An item that broke the file is the last one of the file, and says where.
 */
export const listImportItems = endpoint({
  name: 'imports-list-import-items',
  route: 'GET /api/v1/imports/{id}/items',
  access: 'memory:read',
  summary: 'Lists what became of each item of an import.',
  params: ImportParams,
  query: z.strictObject({ ...pageQuery, outcome: Outcome.optional(), kind: ItemKind.optional() }),
  reply: { 200: pageOf(ImportItem) },
}).query(async ({ params, query, read, cursor }) => {
  const after = cursor.decode(query.cursor, Position);
  const { outcome, kind, limit } = query;
  const rows = await listItems(read, params.id, { outcome, kind, after, limit: limit + 1 });
  if (rows.length === 0 && (await findImport(read, params.id)) === undefined)
    throw new Problem('not-found', 'There is no such import.');
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  const next = last && cursor.encode({ file: last.file, item: last.item });
  return { status: 200, body: { items, next_cursor: next ?? null } };
});
