import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { MOST_COMPARED, TWIN_SIMILARITY, Twins } from '../health/health.ts';
import { listTwinMemories, listUsedMemories } from '../sql/memory-health.ts';

const Position = z.strictObject({ one: idSchema('mem'), other: idSchema('mem') });

/**
 * Lists the pairs of the caller's own true facts of one scope that say the same (cosine of their vectors at least
 * 0.95), each pair once. Compares the 1,000 newest facts. `POST /memory/health/merge` makes one fact of a pair.
 */
export const listDuplicateMemories = endpoint({
  name: 'memory-list-duplicate-memories',
  route: 'GET /api/v1/memory/health/duplicates',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists pairs of your facts that say the same.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(Twins) },
}).query(async ({ query, read, cursor }) => {
  const after = cursor.decode(query.cursor, Position);
  const search = { threshold: TWIN_SIMILARITY, mostCompared: MOST_COMPARED, after, limit: query.limit + 1 };
  const rows = await listTwinMemories(read, search);
  const page = rows.slice(0, query.limit);
  const facts = await listUsedMemories(
    read,
    page.flatMap(({ one, other }) => [one, other]),
  );
  const byId = new Map(facts.map((fact) => [fact.id, fact]));
  const items = page.flatMap(({ one, other, similarity }) => {
    const [first, second] = [byId.get(one), byId.get(other)];
    // A fact that was deleted between the two reads is in no pair.
    return first === undefined || second === undefined ? [] : [{ one: first, other: second, similarity }];
  });
  const last = rows.length > query.limit ? page.at(-1) : undefined;
  const next = last === undefined ? null : cursor.encode({ one: last.one, other: last.other });
  return { status: 200, body: { items, next_cursor: next } };
});
