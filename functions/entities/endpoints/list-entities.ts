import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { AsOf } from '../as-of.ts';
import { Entity, entitiesAt, openCommit } from '../branch/read-branch.ts';
import { findCommit } from '../sql/memory-commit.ts';

/** Which commit is listed, and how many of its entities were: a page never tells of a later commit, and holds no name. */
const Position = z.strictObject({ commit: z.int(), offset: z.int() });

/**
 * The caller's entities by path, now or as they were at a moment, each with how strong its memory is; all pages are of one commit. An empty memory is an empty
 * list.
 */
export const listEntities = endpoint({
  name: 'entities-list-entities',
  route: 'GET /api/v1/memory/entities',
  access: 'memory:read',
  summary: 'Lists your entities: people, projects, decisions and events.',
  query: z.strictObject({ ...pageQuery, as_of: AsOf }),
  reply: { 200: pageOf(Entity) },
}).query(async ({ query, read, cursor }) => {
  const after = cursor.decode(query.cursor, Position);
  const head =
    after === undefined ? await openCommit(read, query.as_of) : await findCommit(read, { position: after.commit });
  const { offset = 0 } = after ?? {};
  const all = head === undefined ? [] : await entitiesAt(read, head);
  const end = offset + query.limit;
  const next = head === undefined || end >= all.length ? null : cursor.encode({ commit: head.position, offset: end });
  return { status: 200, body: { items: all.slice(offset, end), next_cursor: next } };
});
