import { isHostAllowed } from '../network-policy.ts';
import { checkUrl, requestTextOf } from './web-url.ts';

/**
 * The URLs that a run may request without asking the user. A URL can carry data out: a hostile page could make an agent
 * that has read private memory request `https://evil.example/?q=<secret>`, or spell a secret by the choice of links. So
 * a URL is known only if its author does not know what the agent has read:
 *
 * - the user wrote exactly this URL in the task or in an answer, with or without the scheme;
 * - exactly this URL is a result of `web_search` in this run. The query goes only to the search engine;
 * - it is a link on a page of a host that the user named with a whole URL, and leads to the same host. The owner of
 *   that host learns which links are followed, and the user chose this host;
 * - its host is one of the run's allowed hosts. Then every URL of the host may be requested.
 *
 * Links on other pages are not known, because their author could learn from the choice of links.
 */
export interface UrlSources {
  /** The texts that the user wrote in this run: the task and answers. */
  words: readonly string[];
  /** The outputs of successful web_search calls. */
  searches: readonly string[];
  /** The outputs of successful web_fetch calls. */
  pages: readonly string[];
  allowedHosts: readonly string[];
}

/** Tells whether a run may request the URL without asking the user. */
export function isKnown(url: URL, { words, searches, pages, allowedHosts }: UrlSources): boolean {
  if (isHostAllowed(url.hostname, allowedHosts)) return true;
  const wanted = requestTextOf(url);
  const named = words.flatMap(urlsIn);
  if ([...named, ...words.flatMap(namesIn)].some((known) => requestTextOf(known) === wanted)) return true;
  if (searches.flatMap(resultsOf).some((known) => requestTextOf(known) === wanted)) return true;
  const hosts = new Set(named.map(({ host }) => host));
  return hosts.has(url.host) && pages.flatMap(linksOf).some((known) => requestTextOf(known) === wanted);
}

/** Finds whole URLs in a text. `toUrls` removes the punctuation at their end. */
const URL_IN_TEXT = /\bhttps?:\/\/[^\s<>"'`|\\^{}]{1,2000}/giu;
/** Finds URLs without a scheme, such as `example.com/pricing`. They are known, but the links on their pages are not. */
const NAME_IN_TEXT = /(?<![\w@./-])(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?:\/[^\s<>"'`|\\^{}]{0,2000})?/giu;

function urlsIn(text: string): URL[] {
  return (text.match(URL_IN_TEXT) ?? []).flatMap(toUrls);
}

function namesIn(text: string): URL[] {
  return (text.match(NAME_IN_TEXT) ?? []).flatMap((name) => [
    ...toUrls(`https://${name}`),
    ...toUrls(`http://${name}`),
  ]);
}

function toUrls(found: string): URL[] {
  // Both forms count, because a bracket or a full stop at the end may be part of the URL.
  return [found, found.replace(/(?<![\])}.,;:!?*_])[\])}.,;:!?*_]+$/u, '')].flatMap((text) => {
    const checked = checkUrl(text, undefined, () => true);
    return checked.status === 'allowed' ? [checked.url] : [];
  });
}

/**
 * Finds results in the output of web_search. Text of strangers cannot imitate one: it has no `<` and no line breaks.
 */
function resultsOf(output: string): URL[] {
  return [...output.matchAll(/^<result url="([^"\n]+)"/gm)].flatMap(([, url = '']) => toUrls(url).slice(0, 1));
}

function linksOf(output: string): URL[] {
  const page = /^<web_page url="([^"\n]+)"/m.exec(output)?.[1];
  const [, begun = ''] = output.split(/^<links>\n/m);
  const [list = '', ended] = begun.split(/^<\/links>$/m);
  const host = page === undefined ? undefined : URL.parse(page)?.host;
  if (host === undefined || ended === undefined) return [];
  return [...list.matchAll(/^- .*: (\S+)$/gm)]
    .flatMap(([, url = '']) => toUrls(url).slice(0, 1))
    .filter((url) => url.host === host);
}
