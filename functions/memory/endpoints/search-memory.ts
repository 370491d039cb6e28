import { z } from 'zod';
import { AsOf } from '../../entities/as-of.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { EMBEDDER_KEYS } from '../../platform/models/model-keys.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { HitKind, MemoryHit } from '../hit.ts';
import { LONGEST_QUERY, MemoryScope } from '../memory.ts';
import { tokensOf } from '../merge-hits.ts';
import { askQuestion, findHits } from '../search.ts';

const FEW = 5;
/** With a budget and no `k`, the budget decides. */
const MANY = 500;

/**
 * Finds what answers a question best, among what the caller may see: facts, turns of archived sessions as evidence, and blocks of entity files; each says why it
 * was found. Signs in the question are text. A name that is misspelled by a letter is found all the same (`corrected`). An empty memory, and a question that nothing answers, get an empty list. With `max_tokens` the best that fit
 * (four characters a token). `embedder` is null when no vectors could be had and text alone decided.
 */
export const searchMemory = endpoint({
  name: 'memory-search-memory',
  route: 'POST /api/v1/memory/search',
  access: 'memory:read',
  summary: 'Searches what you may see of the memory, by words and by meaning.',
  body: z.strictObject({
    query: z.string().trim().min(1).max(LONGEST_QUERY),
    k: z.int().min(1).max(50).optional(),
    scope: MemoryScope.optional(),
    kinds: z.array(HitKind).min(1).max(3).default(['fact', 'turn', 'block']),
    as_of: AsOf,
    max_tokens: z.int().min(1).max(100_000).optional(),
  }),
  reply: {
    200: z.strictObject({
      items: z.array(MemoryHit),
      embedder: z.string().nullable(),
      tokens: z.int(),
      corrected: z
        .array(z.strictObject({ word: z.string(), name: z.string() }))
        .meta({ description: 'Words that nothing in your memory has, and names in it that they were taken for' }),
    }),
  },
  deployment: { secrets: EMBEDDER_KEYS },
}).serve(async ({ body, database, identity, signal }) => {
  const { caller, ...scoped } = await enter(database, identity, 'memory:read');
  const question = await askQuestion(database, caller, body.query, signal);
  const { hits: items, corrected } = await findHits(scoped, question, {
    kinds: body.kinds,
    scope: body.scope,
    asOf: body.as_of,
    limit: body.k ?? (body.max_tokens === undefined ? FEW : MANY),
    maxTokens: body.max_tokens,
  });
  const tokens = items.reduce((sum, hit) => sum + tokensOf(hit), 0);
  return { status: 200, body: { items, embedder: question.embedded?.embedder ?? null, tokens, corrected } };
});
