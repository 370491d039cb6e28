import { type Environment, environment } from '../../platform/environment.ts';
import { DEFAULT_MODELS } from '../../platform/models/default-models.ts';
import type { Usage } from '../../platform/models/model.ts';
import { type GeminiSettings, isGeminiConfigured } from '../../platform/models/providers/gemini-client.ts';
import type { Bought } from '../../usage/usage.ts';

export interface SearchHit {
  title: string;
  url: string;
  snippet: string;
}

export interface WebSearch {
  hits: SearchHit[];
  usage: Usage;
  /** US dollars as exact decimal text. */
  cost: string;
}

/** Somebody who searches the web for money. */
export interface SearchProvider {
  /** As the ledger names it. */
  choice: Bought;
  /** The most that one search can cost, US dollars. */
  worstCase: string;
  /** @throws ModelError when it fails; the signal's reason when aborted */
  search(query: string, count: number, signal: AbortSignal): Promise<WebSearch>;
}

export type SearchSettings = GeminiSettings & Pick<Environment, 'BRAVE_SEARCH_API_KEY' | 'DEFAULT_MODEL'>;

/**
 * Brave's index where its key is set, because it answers pages as they are; else Google through Gemini. Undefined where neither is configured: nobody
 * searches then, and nobody pretends to.
 */
export async function openSearchProvider(settings: SearchSettings = environment): Promise<SearchProvider | undefined> {
  const { BRAVE_SEARCH_API_KEY: key, DEFAULT_MODEL: chosen = '' } = settings;
  if (key !== undefined) return (await import('./brave-search.ts')).openBraveSearch(key);
  if (!isGeminiConfigured(settings)) return undefined;
  const model = chosen.startsWith('gemini/') ? chosen.slice('gemini/'.length) : DEFAULT_MODELS.gemini.model;
  return (await import('./gemini-search.ts')).openGeminiSearch(settings, model);
}
