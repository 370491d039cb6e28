import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { ItemKind } from '../import.ts';
import { findMapping } from '../sql/mapping.ts';

/**
 * Returns what an item of the caller's source is here, and what it has that this product has no place for. A second
 * item with the same id and other content in one file has `#2` behind its id. 404 for what was never imported.
 */
export const getImportMapping = endpoint({
  name: 'imports-get-import-mapping',
  route: 'GET /api/v1/import-mapping',
  access: 'memory:read',
  summary: 'Returns what an imported item is here, by its id in the source.',
  query: z.strictObject({ kind: ItemKind, source_id: z.string().min(1).max(300) }),
  reply: {
    200: z.strictObject({
      kind: ItemKind,
      source_id: z.string(),
      target_id: z.string(),
      rest: z.record(z.string(), z.unknown()),
      imported_at: z.iso.datetime(),
    }),
  },
}).query(async ({ query, read }) => {
  const found = await findMapping(read, query.kind, query.source_id);
  if (found === undefined) throw new Problem('not-found', 'You have imported no such item.');
  return { status: 200, body: found };
});
