import type { Queryable } from '../../platform/database/database.ts';
import { askedTerms, type ReadQuestion } from '../../platform/language/read-question.ts';
import { searchMemoryBlocks } from '../sql/search.ts';
import type { BlockHit } from './hit.ts';

/** Returns the blocks of the caller's entity files that answer a question best. `coverage` says how much of it the best one covers. */
export async function findBlocks(
  queryable: Queryable,
  question: ReadQuestion,
  filter: { limit: number; asOf: string | undefined },
) {
  const blocks = await searchMemoryBlocks(queryable, { ...askedTerms(question), ...filter });
  const hits = blocks.map(
    ({ score, bm25, coverage, ...block }): BlockHit => ({
      kind: 'block',
      id: `${block.path}#${block.block}`,
      ...block,
      // Entity files are written from sessions, in which anybody may have said anything.
      trust: 'untrusted',
      score,
      why: { text_score: score, bm25, coverage },
    }),
  );
  return { hits, coverage: blocks[0]?.coverage ?? 0 };
}
