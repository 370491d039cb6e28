import type { GeminiSettings } from '../../platform/models/providers/gemini-client.ts';
import { searchWithGemini } from '../../platform/models/providers/gemini-search.ts';
import { geminiSearchCost } from '../../platform/models/search-prices.ts';
import type { SearchProvider } from './search-provider.ts';

/** What is reserved before a search: a short question, a full answer and more queries than the model makes for one question. */
const MOST = { usage: { input_tokens: 4_000, output_tokens: 2_000, cached_tokens: 0 }, queries: 6 };

/** Google's search through Gemini's grounding. It answers as many pages as the model's sentences stand on, so `count` only cuts. */
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
