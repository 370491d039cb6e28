import { z } from 'zod';
import { ModelError } from '../../platform/models/model.ts';
import { jsonText } from '../../platform/models/parse-json.ts';
import { braveSearchCost } from '../../platform/models/search-prices.ts';
import type { SearchProvider } from './search-provider.ts';

const BRAVE = 'https://api.search.brave.com';
/** 20 results have some tens of kilobytes. */
const MAX_ANSWER_LENGTH = 2 * 1024 * 1024;

const Answer = jsonText(
  z.object({
    web: z
      .object({
        results: z.array(z.object({ title: z.string(), url: z.string(), description: z.string().default('') })),
      })
      .default({ results: [] }),
  }),
);

/**
 * Opens Brave's web index (https://api-dashboard.search.brave.com/documentation). Brave bills only answered requests.
 * @param origin the address of Brave's API; tests pass their own server
 */
export function openBraveSearch(key: string, origin = BRAVE): SearchProvider {
  return {
    choice: { provider: 'brave', model: 'web-search' },
    worstCase: braveSearchCost(),
    async search(query, count, signal) {
      const text = await ask(origin, key, query, count, signal);
      const parsed = Answer.safeParse(text);
      if (!parsed.success) throw new ModelError('invalid_answer', 'brave sent an answer that cannot be read');
      const hits = parsed.data.web.results.slice(0, count).map(({ title, url, description }) => ({
        title: toPlain(title),
        url,
        snippet: toPlain(description),
      }));
      return { hits, usage: { input_tokens: 0, output_tokens: 0, cached_tokens: 0 }, cost: braveSearchCost() };
    },
  };
}

async function ask(origin: string, key: string, query: string, count: number, signal: AbortSignal): Promise<string> {
  const parameters = new URLSearchParams({ q: query, count: String(count), text_decorations: 'false' });
  try {
    const response = await fetch(`${origin}/res/v1/web/search?${parameters}`, {
      headers: { accept: 'application/json', 'x-subscription-token': key },
      // A redirect would send the key to another server.
      redirect: 'error',
      signal,
    });
    if (!response.ok) throw refusalOf(response.status);
    return await readCapped(response);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ModelError) throw error;
    throw new ModelError('unavailable', 'brave could not be reached or closed the connection');
  }
}

function refusalOf(status: number): ModelError {
  const kind =
    status === 429
      ? 'rate_limited'
      : status === 401 || status === 403
        ? 'unauthorized'
        : status >= 500
          ? 'unavailable'
          : 'rejected';
  return new ModelError(kind, `brave answered ${status}`);
}

async function readCapped(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > MAX_ANSWER_LENGTH)
      throw new ModelError('invalid_answer', `brave sent more than ${MAX_ANSWER_LENGTH} characters`);
  }
  return text + decoder.decode();
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'", '#x27': "'" };

/** Converts a title or description to plain text. Brave marks found words with HTML tags and uses a few entities. */
function toPlain(html: string): string {
  return html
    .replaceAll(/<\/?(?:strong|b|em)>/gi, '')
    .replaceAll(/&(amp|lt|gt|quot|apos|#39|#x27);/gi, (entity, name: string) => ENTITIES[name.toLowerCase()] ?? entity);
}
