import { z } from 'zod';
import { AsOf } from '../../entities/as-of.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { EMBEDDER_KEYS } from '../../platform/models/model-keys.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { payerOf } from '../../usage/embed-texts.ts';
import { LONGEST_QUERY, MemoryScope } from '../memory.ts';
import { findHits } from '../search/find-hits.ts';
import { HitKind, MemoryHit } from '../search/hit.ts';
import { tokensOf } from '../search/merge-hits.ts';
import { embedQuery } from '../search/query.ts';

const DEFAULT_LIMIT = 5;
/** The limit when the caller gives `max_tokens` without `k`. */
const LIMIT_WITH_MAX_TOKENS = 500;

/**
 * Searches what the caller may see: facts, turns of archived sessions and blocks of entity files. Returns the best
 * hits, each with the reason why it was found. Special characters in the query are text. A name that is misspelled by
 * one letter is corrected (`corrected`). Returns an empty list when nothing matches. With `max_tokens` the best hits
 * that fit together are returned, by an estimate of their tokens. `embedder` is null when the query could not be
 * embedded and the search used full text only.
 */
export const searchMemory = endpoint({
  name: 'memory-search-memory',
  route: 'POST /api/v1/memory/search',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Searches the memory that you may see, by words and by meaning.',
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
      tokens: z.int().meta({ description: 'The tokens of all items together' }),
      corrected: z
        .array(z.strictObject({ word: z.string(), name: z.string() }))
        .meta({ description: 'Words that your memory does not contain, with the names that were searched instead' }),
    }),
  },
  deployment: { secrets: EMBEDDER_KEYS },
}).serve(async ({ body, database, identity, signal }) => {
  const { caller, ...scoped } = await enter(database, identity, 'memory:read');
  const query = await embedQuery(database, payerOf(caller), body.query, signal);
  const { hits: items, corrected } = await findHits(scoped, query, {
    kinds: body.kinds,
    scope: body.scope,
    asOf: body.as_of,
    limit: body.k ?? (body.max_tokens === undefined ? DEFAULT_LIMIT : LIMIT_WITH_MAX_TOKENS),
    maxTokens: body.max_tokens,
  });
  const tokens = items.reduce((sum, hit) => sum + tokensOf(hit), 0);
  return { status: 200, body: { items, embedder: query.embedded?.embedder ?? null, tokens, corrected } };
});
