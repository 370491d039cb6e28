import type { ToolContext } from '../../tools/tool.ts';
import { isKnown } from '../../tools/web/known-url.ts';
import { findWebSources } from '../sql/web-source.ts';

/** Whether this run's person, its searches or its allowed hosts vouch for a URL; the rule is in tools/web/known-url.ts. */
export async function isKnownUrl(url: URL, { database, runId, allowedHosts }: ToolContext): Promise<boolean> {
  const found = await findWebSources(database, runId);
  if (found === undefined) return false;
  const { query, answers, searches, pages } = found;
  return isKnown(url, { words: [query, ...answers], searches, pages, allowedHosts });
}
