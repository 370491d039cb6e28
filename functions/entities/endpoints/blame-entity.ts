import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { EntityPath } from '../files/ontology.ts';
import { Trust } from '../search/hit.ts';
import { type BlockVersionRow, listBlockVersions } from '../sql/memory-block.ts';

/** The commit at which a page continues, and how many of its blocks were returned. A cursor holds no names. */
const Position = z.strictObject({ position: z.int(), skip: z.int().nonnegative() });

/**
 * Lists all versions of the blocks of an entity, newest first: the commit and the session that each came from, and what
 * ended it. `block` selects one block. `source_id` is the argument of `revert` and `erase`; null for a commit without a
 * session, which moved existing text, so the version before it shows the source. 404 for an entity that never existed
 * or belongs to another user.
 */
export const blameEntity = endpoint({
  name: 'entities-blame-entity',
  route: 'GET /api/v1/memory/entities/{entity+}/blame',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Shows which session each block of an entity comes from, and which later session changed it.',
  params: z.strictObject({ entity: EntityPath }),
  query: z.strictObject({ ...pageQuery, block: z.string().min(1).max(200).optional() }),
  reply: {
    200: pageOf(
      z.strictObject({
        block: z.string(),
        heading: z.string(),
        text: z.string(),
        commit_id: z.string(),
        position: z.int(),
        message: z.string(),
        source_id: z.string().nullable(),
        session_kind: z.string().nullable().meta({ description: '`transcript`, or the kind of run' }),
        proposer: z.enum(['model', 'rules']).nullable(),
        trust: Trust.nullable().meta({ description: 'Text learned from a session is untrusted' }),
        is_reverted: z.boolean().meta({ description: 'Whether the source was reverted since' }),
        since: z.string(),
        until: z.string().nullable().meta({ description: 'Null for text that is in the current file' }),
        ended_by: z.strictObject({ commit_id: z.string(), source_id: z.string().nullable() }).nullable(),
      }),
    ),
  },
}).query(async ({ params, query, read, cursor }) => {
  const from = cursor.decode(query.cursor, Position);
  const page = { path: params.entity, block: query.block, from, limit: query.limit + 1 };
  const rows = await listBlockVersions(read, page);
  if (rows.length === 0 && from === undefined) throw new Problem('not-found', 'The entity or block does not exist.');
  const items = rows.slice(0, query.limit).map(versionOf);
  const last = rows.length > query.limit ? items.at(-1) : undefined;
  return {
    status: 200,
    body: { items, next_cursor: last ? cursor.encode(nextAfter(last.position, items, from)) : null },
  };
});

function nextAfter(
  position: number,
  items: readonly { position: number }[],
  from: z.infer<typeof Position> | undefined,
) {
  const seen = items.filter((item) => item.position === position).length;
  return { position, skip: seen + (from?.position === position ? from.skip : 0) };
}

function versionOf({ ended_by_commit: commitId, ended_by_source: sourceId, ...row }: BlockVersionRow) {
  return {
    ...row,
    trust: row.source_id === null ? null : ('untrusted' as const),
    ended_by: commitId === null ? null : { commit_id: commitId, source_id: sourceId },
  };
}
