import type { Database } from '../../platform/database/database.ts';
import { openEmbedder } from '../../platform/models/embedding/open-embedder.ts';
import { estimateTokens } from '../../platform/models/estimate-tokens.ts';
import { costOf, worstCaseCost } from '../../platform/models/prices.ts';
import type { EmbeddingPayer } from '../../usage/embed-texts.ts';
import { embedQuery, type SearchQuery } from '../search/query.ts';
import type { SearchBudget } from './search-budget.ts';

/**
 * Embeds a query when the search's budget covers it. Otherwise the query has no vector and the search uses full text
 * only.
 */
export async function embedWithinBudget(
  budget: SearchBudget,
  database: Database,
  payer: EmbeddingPayer,
  { text, signal }: { text: string; signal: AbortSignal },
): Promise<SearchQuery> {
  const { name } = await openEmbedder();
  const isPaid = name.startsWith('gemini');
  const worstCase = worstCaseCost(
    { provider: isPaid ? 'gemini' : 'rehearsal', model: name },
    estimateTokens(text),
    0,
    new Date(),
  );
  if (!budget.covers(worstCase)) return { text, embedded: undefined };
  return budget.reserve(worstCase, async () => {
    const query = await embedQuery(database, payer, text, signal);
    const paid = query.embedded?.paid;
    if (paid !== undefined) {
      const usage = { input_tokens: paid.inputTokens, output_tokens: 0, cached_tokens: 0 };
      budget.book(usage, costOf(paid.choice, usage, new Date()));
    }
    return query;
  });
}
