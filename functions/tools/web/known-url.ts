import { isHostAllowed } from '../network-policy.ts';
import { checkUrl, requestTextOf } from './web-url.ts';

/**
 * Which URLs a run may ask for without a person. What an agent asks for leaves the house in the URL itself: one that
 * has read private memory and then a hostile page could be talked into `https://evil.example/?q=<secret>`, or into
 * spelling a secret by the links that it follows. So a URL counts only when somebody wrote it who does not know what
 * the agent has read:
 *
 * - the person, in the task or in an answer: to the letter, with or without its scheme;
 * - a search engine, as a result of this run's `web_search`: to the letter. The query goes to the search engine and to
 *   nobody else;
 * - a page of a host that the person named by a whole URL: the page's links to the same host. Who runs that host gets
 *   to know what is followed, and the person chose him;
 * - or when its host is one of the run's allowed hosts, whatever the URL says: that is what allowing a host means.
 *
 * Links of other pages are not followed: their author could read the choice.
 */
export interface UrlSources {
  /** What the person wrote in this run: the task and his answers. */
  words: readonly string[];
  /** What calls answered that were successful. */
  searches: readonly string[];
  pages: readonly string[];
  allowedHosts: readonly string[];
}

export function isKnown(url: URL, { words, searches, pages, allowedHosts }: UrlSources): boolean {
  if (isHostAllowed(url.hostname, allowedHosts)) return true;
  const wanted = requestTextOf(url);
  const named = words.flatMap(urlsIn);
  if ([...named, ...words.flatMap(namesIn)].some((known) => requestTextOf(known) === wanted)) return true;
  if (searches.flatMap(resultsOf).some((known) => requestTextOf(known) === wanted)) return true;
  const hosts = new Set(named.map(({ host }) => host));
  return hosts.has(url.host) && pages.flatMap(linksOf).some((known) => requestTextOf(known) === wanted);
}

/** A URL in a sentence ends before what closes the sentence or the brackets around it. */
const URL_IN_TEXT = /\bhttps?:\/\/[^\s<>"'`|\\^{}]{1,2000}/giu;
/**
 * A name without its scheme, as people write it: `example.com/pricing`. It says where to look, and does not make its
 * host's links known.
 */
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
  // Both readings count: a bracket or a full stop at the end may be part of it.
  return [found, found.replace(/[\])}.,;:!?*_]+$/u, '')].flatMap((text) => {
    const checked = checkUrl(text, undefined, () => true);
    return checked.status === 'allowed' ? [checked.url] : [];
  });
}

/**
 * The tools render a result and a link on a line of its own, and what strangers wrote cannot make one: it has neither
 * `<` nor line ends.
 */
function resultsOf(output: string): URL[] {
  return [...output.matchAll(/^<result url="([^"\n]+)"/gm)].flatMap(([, url = '']) => toUrls(url).slice(0, 1));
}

function linksOf(output: string): URL[] {
  const page = /^<web_page url="([^"\n]+)"/m.exec(output)?.[1];
  const list = /^<links>\n([\s\S]*?)\n<\/links>$/m.exec(output)?.[1];
  const host = page === undefined ? undefined : URL.parse(page)?.host;
  if (host === undefined || list === undefined) return [];
  return [...list.matchAll(/^- .*: (\S+)$/gm)]
    .flatMap(([, url = '']) => toUrls(url).slice(0, 1))
    .filter((url) => url.host === host);
}
