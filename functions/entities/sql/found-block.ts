import type { Queryable } from '../../platform/database/database.ts';
import { SENTENCE_BM25 } from '../../platform/language/bm25.ts';
import type { AskedTerms } from '../../platform/language/read-question.ts';

export interface FoundBlock {
  repository: string;
  path: string;
  block: string;
  heading: string;
  text: string;
  commit_id: string;
  valid_from: string;
  valid_to: string | null;
  score: number;
  bm25: number;
  coverage: number;
}

/**
 * The blocks of the caller's entity files that match a question best, best first; those that stand now, or stood at `asOf`. Goes through the definer function
 * `search_memory_blocks`; the join reads them again under row-level security.
 */
export async function searchMemoryBlocks(
  queryable: Queryable,
  search: AskedTerms & { asOf: string | undefined; limit: number },
): Promise<FoundBlock[]> {
  return queryable.query<FoundBlock>({
    name: 'search_memory_blocks',
    text: `select b.repository, b.path, b.block, b.heading, b.text, b.commit_id, b.valid_from, b.valid_to, f.score, f.bm25, f.coverage
      from search_memory_blocks($1, $2, $3, $4, $5, $6, $7) f
      join memory_blocks b on b.tenant_id = current_tenant_id() and b.user_id = current_user_id()
        and b.path = f.path and b.block = f.block and b.valid_from = f.valid_from
      order by f.score desc, b.valid_from desc, b.path, b.block`,
    values: [search.words, search.terms, search.weights, search.asOf, search.limit, SENTENCE_BM25.k1, SENTENCE_BM25.b],
  });
}
