import { z } from 'zod';
import { findHits } from '../../search/find-hits.ts';
import { HitKind } from '../../search/hit.ts';
import { hitItem } from '../page-items.ts';
import { effectiveAsOf, Moment, readTool } from '../read-tool.ts';

const FEW = 8;

/** Searches facts, turns and blocks, by words and meaning, as the endpoint `search-memory` does. */
export const search = readTool({
  name: 'search',
  description:
    'Finds facts, turns of conversations and blocks of entity files by words and meaning, best first. Ask for one thing at a time, in the words in which it would have been said.',
  kinds: ['fact', 'turn', 'block'],
  parameters: {
    query: z.string().trim().min(1).max(500).meta({ description: 'What you look for, in words' }),
    kinds: z.array(HitKind).min(1).max(3).optional().meta({ description: 'Only these kinds' }),
    as_of: Moment.optional(),
    k: z.int().min(1).max(20).default(FEW).meta({ description: 'The most to answer' }),
    skip: z.int().min(0).max(200).default(0).meta({ description: 'How many of the best you have seen already' }),
  },
  read: async ({ query, kinds, as_of: asked, k, skip }, scope) => {
    const wanted = scope.kinds.filter((kind) => kinds === undefined || kinds.includes(kind));
    if (wanted.length === 0) return { error: `This search may look at ${scope.kinds.join(', ')} only.` };
    const asOf = effectiveAsOf(asked, scope);
    const { hits: found } = await findHits(scope.queryable, await scope.embedQuery(query), {
      kinds: wanted,
      asOf,
      limit: skip + k + 1,
    });
    const hits = found.slice(skip, skip + k);
    const hasMore = found.length > skip + k;
    return {
      items: hits.map(hitItem),
      hits,
      next: (shown) =>
        shown < hits.length || hasMore
          ? { query, k, skip: skip + shown, ...(asked ? { as_of: asked } : {}) }
          : undefined,
      empty: 'Nothing in memory answers these words. Try others, or look at what there is with list_entities.',
    };
  },
});
