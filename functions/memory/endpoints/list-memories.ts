import { z } from 'zod';
import { AsOf } from '../../entities/as-of.ts';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { Category, Memory, MemoryScope } from '../memory.ts';
import { countMemories, listMemories as listMemoryRows, type MemoryFilter } from '../sql/memory.ts';

/** A longer list is counted up to here: a count reads every fact, and nobody needs it exactly. */
const MOST_COUNTED = 1000;
/** The most words of a filter; each is looked for in every fact. */
const MOST_WORDS = 20;

const Words = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .transform((text) => text.split(/\s+/))
  .pipe(z.array(z.string()).max(MOST_WORDS))
  .meta({ description: 'Words that all stand in the text, also as parts of words; case is ignored' });

const Total = z.strictObject({
  facts: z.int().min(0).max(MOST_COUNTED),
  is_complete: z.boolean().meta({ description: `false: there are more than ${MOST_COUNTED}` }),
});

const Position = z.strictObject({ created_at: z.string(), id: idSchema('mem') });

/**
 * Lists the facts that are true now, or with `as_of` those that were true then, newest first: the shared trusted facts
 * of the caller's tenant and all of the caller's own.
 */
export const listMemories = endpoint({
  name: 'memory-list-memories',
  route: 'GET /api/v1/memory',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists the facts that you may see, newest first.',
  query: z.strictObject({
    ...pageQuery,
    scope: MemoryScope.optional(),
    category: Category.optional(),
    as_of: AsOf.optional(),
    q: Words.optional(),
  }),
  reply: {
    200: pageOf(Memory).extend({
      total: Total.nullable().meta({ description: 'How many facts all pages have; null on the pages after the first' }),
    }),
  },
}).query(async ({ query, read, cursor }) => {
  const { limit } = query;
  const filter = { scope: query.scope, category: query.category, asOf: query.as_of, words: query.q };
  const after = cursor.decode(query.cursor, Position);
  // One row more than requested tells whether there is a next page.
  const rows = await listMemoryRows(read, { ...filter, after, limit: limit + 1 });
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  const next = last === undefined ? null : cursor.encode({ created_at: last.created_at, id: last.id });
  const total = after === undefined ? await totalOf(read, filter) : null;
  return { status: 200, body: { items, next_cursor: next, total } };
});

async function totalOf(read: Queryable, filter: MemoryFilter): Promise<z.infer<typeof Total>> {
  const facts = await countMemories(read, filter, MOST_COUNTED + 1);
  return { facts: Math.min(facts, MOST_COUNTED), is_complete: facts <= MOST_COUNTED };
}
