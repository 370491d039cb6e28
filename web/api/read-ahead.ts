import { authorizedFetch } from './session.ts';

/**
 * Answers that are read while the code of a page is on its way. The page asks for the same addresses as always and gets
 * the answers that are there or under way; each is given once, and one that nobody asked for soon is forgotten.
 */

const LONGEST_MS = 10_000;
const ahead = new Map<string, Promise<Response>>();

/** Reads these addresses of the API. Must be called before the page asks for them, or it would get them later, old. */
export function readAhead(addresses: readonly string[]): void {
  for (const address of addresses) {
    const { href } = new URL(address, location.origin);
    const answer = authorizedFetch(new Request(href));
    answer.catch(() => undefined);
    ahead.set(href, answer);
    setTimeout(() => ahead.delete(href), LONGEST_MS);
  }
}

/** Sends a request, or takes what was read ahead for it. @throws TypeError when the server cannot be reached */
export function fetchOrTake(request: Request): Promise<Response> {
  const answer = request.method === 'GET' ? ahead.get(request.url) : undefined;
  if (answer === undefined) return authorizedFetch(request);
  ahead.delete(request.url);
  return answer;
}
