import type { ToolContext } from '../../tools/tool.ts';
import { isKnown } from '../../tools/web/known-url.ts';
import { createWebFetch } from '../../tools/web/web-fetch.ts';
import { findWebSources } from '../sql/web-source.ts';

/** Reads a web page whose URL the run has from its user, its web searches or its allowed hosts. */
export const webFetch = createWebFetch({ isKnownUrl });

/** Tells whether the run has this URL from a trusted source; `tools/web/known-url.ts` has the rule. */
export async function isKnownUrl(url: URL, { database, runId, allowedHosts }: ToolContext): Promise<boolean> {
  const found = await findWebSources(database, runId);
  if (found === undefined) return false;
  const { query, answers, searches, pages } = found;
  return isKnown(url, { words: [query, ...answers], searches, pages, allowedHosts });
}
