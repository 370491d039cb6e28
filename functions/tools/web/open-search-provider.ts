import { type Environment, environment } from '../../platform/environment.ts';
import { DEFAULT_MODELS } from '../../platform/models/default-models.ts';
import { type GeminiSettings, isGeminiConfigured } from '../../platform/models/providers/gemini-client.ts';
import type { SearchProvider } from './search-provider.ts';

type SearchSettings = GeminiSettings & Pick<Environment, 'BRAVE_SEARCH_API_KEY' | 'DEFAULT_MODEL'>;

/**
 * Opens Brave's index if its key is set, because Brave returns the pages themselves. Otherwise opens Google search
 * through Gemini. Returns undefined when neither is configured.
 */
export async function openSearchProvider(settings: SearchSettings = environment): Promise<SearchProvider | undefined> {
  const { BRAVE_SEARCH_API_KEY: key, DEFAULT_MODEL: chosen = '' } = settings;
  if (key !== undefined) return (await import('./brave-search.ts')).openBraveSearch(key);
  if (!isGeminiConfigured(settings)) return undefined;
  const model = chosen.startsWith('gemini/') ? chosen.slice('gemini/'.length) : DEFAULT_MODELS.gemini.model;
  return (await import('./gemini-search.ts')).openGeminiSearch(settings, model);
}
