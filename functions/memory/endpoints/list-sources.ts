import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Source, SourceState } from '../source.ts';
import { listSources as listSourceRows } from '../sql/source.ts';

const Position = z.strictObject({ at: z.string(), mark: z.string() });

/**
 * Lists the sources that the caller's memory was learned from, newest first, with their state and what came from each:
 * sessions, runs, web pages, documents, syncs, and what the caller added by hand as one. `q` finds words of the title
 * or the id. An erased source leaves no trace, so it is in no list.
 */
export const listSources = endpoint({
  name: 'memory-list-sources',
  route: 'GET /api/v1/memory/sources',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists what your memory was learned from, newest first.',
  query: z.strictObject({
    ...pageQuery,
    kind: z.string().min(1).max(60).optional(),
    state: SourceState.optional(),
    q: z.string().trim().min(1).max(200).optional(),
  }),
  reply: { 200: pageOf(Source) },
}).query(async ({ query, read, cursor }) => {
  const { kind, state, q, limit } = query;
  const after = cursor.decode(query.cursor, Position);
  const rows = await listSourceRows(read, { kind, state, text: q }, { after, limit: limit + 1 });
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  const next = last === undefined ? null : cursor.encode({ at: last.at, mark: last.mark });
  return {
    status: 200,
    body: { items: rows.slice(0, limit).map(({ mark: _, ...source }) => source), next_cursor: next },
  };
});
