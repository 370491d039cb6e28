import type { IncomingMessage } from 'node:http';
import { askHost } from './ask-host.ts';
import { HeadTimeout } from './open-exchange.ts';
import { isReadableEncoding, type PageBody, readBody } from './read-body.ts';
import type { WebAccess } from './web-access.ts';
import { type CheckedUrl, checkRedirect, checkUrl } from './web-url.ts';

/** A page as the server sent it. `url` is the URL after all redirects. */
export interface FetchedPage extends PageBody {
  status: 'fetched';
  url: URL;
  httpStatus: number;
  /** The media type in lower case, without parameters. */
  type: string;
  charset: string | undefined;
}

/** `reason` completes a sentence that begins with the URL. The model reads it, so it contains nothing internal. */
type FetchFailure = { status: 'failed'; reason: string; httpStatus?: number };

/**
 * Fetches one page. Each redirect is checked again: its URL, every address of its host, and the connection is opened to
 * a checked address. A failure is a value.
 * @throws the reason of the caller's signal, when it is aborted
 */
export async function fetchPage(
  text: string,
  access: WebAccess,
  callerSignal: AbortSignal,
): Promise<FetchedPage | FetchFailure> {
  const signal = AbortSignal.any([callerSignal, AbortSignal.timeout(access.limits.totalMs)]);
  let hop: CheckedUrl = checkUrl(text, undefined, access.isAllowedPort);
  for (let redirects = 0; ; redirects += 1) {
    const at = (reason: string) => fail(redirects === 0 ? reason : `redirects to a URL that ${reason}`);
    if (hop.status === 'refused') return at(hop.reason);
    if (redirects > access.limits.redirects) return fail(`redirects more than ${access.limits.redirects} times`);
    const { url } = hop;
    try {
      const response = await askHost({ url, method: 'GET', headers: HEADERS }, access, signal);
      if ('reason' in response) return at(response.reason);
      const location = redirectOf(response);
      if (location === undefined) return await readPage(url, response, access);
      response.destroy();
      hop = checkRedirect(url, location, access.isAllowedPort);
    } catch (error) {
      callerSignal.throwIfAborted();
      return at(describeFetchFault(error, signal));
    }
  }
}

const HEADERS = {
  'user-agent': 'ApexFlow/1.0 (web_fetch; reads single pages for a person)',
  accept: 'text/html, text/markdown, text/plain, application/json, application/xml;q=0.9',
  'accept-encoding': 'gzip, br',
  'accept-language': 'en, *;q=0.5',
};

function redirectOf({ statusCode = 0, headers }: IncomingMessage): string | undefined {
  return [301, 302, 303, 307, 308].includes(statusCode) ? headers.location : undefined;
}

/** Media types that a model can read as text. Other types are refused with their type and size. */
const READABLE =
  /^(text\/(html|plain|markdown|x-markdown|xml)|application\/(xhtml\+xml|json|xml|([\w.-]+\+(json|xml))))$/;

async function readPage(url: URL, response: IncomingMessage, access: WebAccess): Promise<FetchedPage | FetchFailure> {
  const status = response.statusCode ?? 0;
  const [type = '', ...parameters] = (response.headers['content-type'] ?? '').toLowerCase().split(';');
  const encoding = (response.headers['content-encoding'] ?? '').trim().toLowerCase();
  const refusal = describeHead(response, status, type.trim(), encoding);
  if (refusal !== undefined) {
    response.destroy();
    return { status: 'failed', reason: refusal, httpStatus: status };
  }
  const body = await readBody(response, encoding, access.limits);
  const charset = parameters.map((parameter) => /^\s*charset="?([\w.:-]+)"?\s*$/.exec(parameter)?.[1]).find(Boolean);
  return { status: 'fetched', url, httpStatus: status, type: type.trim(), charset, ...body };
}

function describeHead(response: IncomingMessage, status: number, type: string, encoding: string): string | undefined {
  if (status < 200 || status > 299) return `answered ${status}`;
  if (status === 204 || status === 205) return `answered ${status}: there is nothing to read`;
  const length = response.headers['content-length'];
  const size = length === undefined ? 'of unknown size' : `of ${length} bytes`;
  const shown = /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type.slice(0, 100) : 'content without a type';
  if (!READABLE.test(type)) return `is ${shown} ${size}, which cannot be read as text`;
  return isReadableEncoding(encoding) ? undefined : 'is compressed in a format that is not supported';
}

function fail(reason: string): FetchFailure {
  return { status: 'failed', reason };
}

/**
 * Returns why a page could not be fetched, as the end of a sentence that begins with the URL. Leaves out the text of
 * the error, because it may contain an address or quote the page.
 */
export function describeFetchFault(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'took too long and was cut off';
  if (error instanceof HeadTimeout) return 'did not answer in time';
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'HPE_HEADER_OVERFLOW') return 'answered with headers that are too large';
  if (code.startsWith('HPE_')) return 'answered something that is not HTTP';
  if (code.startsWith('Z_') || code.startsWith('ERR__ERROR_')) return 'sent a body that cannot be unpacked';
  if (/CERT|SELF_SIGNED|ERR_TLS|ERR_SSL|EPROTO|UNABLE_TO_VERIFY/.test(code))
    return 'has no valid certificate for its name, or does not speak TLS';
  if (code === 'ECONNREFUSED') return 'does not accept connections';
  return 'broke the connection';
}
