import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { AsOf } from '../as-of.ts';
import { openCommit } from '../branch/open-commit.ts';
import { Entity, entitiesAt } from '../entities/entity.ts';

const Position = z.strictObject({ path: z.string() });

/** The caller's entities by path, now or as they were at a moment, each with how strong its memory is. An empty memory is an empty list. */
export const listEntities = endpoint({
  name: 'memory-list-entities',
  route: 'GET /api/v1/memory/entities',
  access: 'memory:read',
  summary: 'Lists your entities: people, projects, decisions and events.',
  query: z.strictObject({ ...pageQuery, as_of: AsOf }),
  reply: { 200: pageOf(Entity) },
}).query(async ({ query, read, cursor }) => {
  const after = cursor.decode(query.cursor, Position)?.path ?? '';
  const head = await openCommit(read, query.as_of);
  const all = head === undefined ? [] : await entitiesAt(read, head);
  const rest = all.filter(({ path }) => path > after);
  const items = rest.slice(0, query.limit);
  const last = rest.length > query.limit ? items.at(-1) : undefined;
  return {
    status: 200,
    body: { items, next_cursor: last === undefined ? null : cursor.encode({ path: last.path }) },
  };
});
