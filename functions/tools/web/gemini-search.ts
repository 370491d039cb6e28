import type { GeminiSettings } from '../../platform/models/providers/gemini-client.ts';
import { searchWithGemini } from '../../platform/models/providers/gemini-search.ts';
import { geminiSearchCost } from '../../platform/models/search-prices.ts';
import type { SearchProvider } from './search-provider.ts';

/**
 * The usage to reserve before a search: a short question, a full answer and more queries than one question ever causes.
 */
const MOST = { usage: { input_tokens: 4_000, output_tokens: 2_000, cached_tokens: 0 }, queries: 6 };

/**
 * Opens Google search through Gemini's grounding. Returns the pages that the sentences of the model are based on;
 * `count` only limits their number.
 */
export function openGeminiSearch(settings: GeminiSettings, model: string): SearchProvider {
  return {
    choice: { provider: 'gemini', model },
    worstCase: geminiSearchCost(model, MOST.usage, MOST.queries, new Date()),
    async search(query, count, signal) {
      const { sources, queries, usage } = await searchWithGemini(settings, { model, query, signal });
      return {
        hits: sources.slice(0, count),
        usage,
        cost: geminiSearchCost(model, usage, queries.length, new Date()),
      };
    },
  };
}
