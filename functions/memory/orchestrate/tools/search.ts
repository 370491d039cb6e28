import { z } from 'zod';
import { HitKind } from '../../hit.ts';
import { findHits } from '../../search.ts';
import { pieceOfHit } from '../pieces.ts';
import { Moment, momentOf, readTool } from '../read-tool.ts';

const FEW = 8;

/** The same search that people have: facts, turns and blocks by words and by meaning, best first. */
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
  read: async ({ query, kinds, as_of: asked, k, skip }, desk) => {
    const wanted = desk.kinds.filter((kind) => kinds === undefined || kinds.includes(kind));
    if (wanted.length === 0) return { fault: `This search may look at ${desk.kinds.join(', ')} only.` };
    const asOf = momentOf(asked, desk);
    const { hits: found } = await findHits(desk.scoped, await desk.ask(query), {
      kinds: wanted,
      asOf,
      limit: skip + k + 1,
    });
    const hits = found.slice(skip, skip + k);
    const hasMore = found.length > skip + k;
    return {
      pieces: hits.map(pieceOfHit),
      hits,
      next: (shown) =>
        shown < hits.length || hasMore
          ? { query, k, skip: skip + shown, ...(asked ? { as_of: asked } : {}) }
          : undefined,
      empty: 'Nothing in memory answers these words. Try others, or look at what there is with list_entities.',
    };
  },
});
