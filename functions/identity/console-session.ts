import type { IncomingMessage } from 'node:http';
import { environment } from '../platform/environment.ts';
import { Problem } from '../platform/errors.ts';
import { headerOf } from '../platform/http/request-head.ts';
import type { Session } from './session.ts';

/**
 * The session of the web console. Its refresh token is in a cookie that no script can read, and only login, register,
 * refresh and logout know the cookie. All other endpoints accept a bearer token only, so a page of another origin can
 * do nothing with the cookie that the browser holds.
 *
 * A request counts as the console's when it has the header `X-ApexFlow-Console: 1`, which a page of another origin
 * cannot send without a CORS preflight that nobody answers, and when the browser says `Sec-Fetch-Site: same-origin`,
 * which no script can set.
 */

/**
 * Days that a browser keeps the cookie after its last exchange. The local issuer’s tokens end 30 days after sign-in;
 * Firebase's tokens do not end. A cookie that outlives its token is refused and cleared by the next refresh.
 */
const COOKIE_DAYS = 30;

/**
 * Returns whether the web console sent a request.
 * @throws Problem 403 when a request says so and the browser does not confirm that its page has our origin
 */
export function isFromConsole(request: IncomingMessage): boolean {
  if (headerOf(request, 'x-apexflow-console') !== '1') return false;
  if (headerOf(request, 'sec-fetch-site') === 'same-origin') return true;
  throw new Problem(
    'forbidden',
    'X-ApexFlow-Console is for the pages of this origin, opened over HTTPS or at localhost (Sec-Fetch-Site: same-origin).',
  );
}

/** Returns the reply to the console: the refresh token is in the cookie and not in the body. */
export function consoleReply<Status extends number>(
  request: IncomingMessage,
  status: Status,
  { refresh_token: refreshToken, ...body }: Session,
): { status: Status; body: Session; headers: Record<string, string> } {
  return { status, body, headers: cookieHeader(request, refreshToken) };
}

/** Returns the refresh token in the cookie of a request, or undefined. Call {@link isFromConsole} before. */
export function refreshTokenInCookie(request: IncomingMessage): string | undefined {
  const name = cookieName(request);
  for (const pair of (headerOf(request, 'cookie') ?? '').split(';')) {
    const [key = '', value = ''] = pair.trim().split('=', 2);
    if (key === name && /^[\w%.~-]{1,4096}$/.test(value)) return decode(value);
  }
  return undefined;
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

/** Returns the header that clears the cookie. */
export function clearedCookie(request: IncomingMessage): Record<string, string> {
  return cookieHeader(request, undefined);
}

function cookieHeader(request: IncomingMessage, refreshToken: string | undefined): Record<string, string> {
  const value = encodeURIComponent(refreshToken ?? '');
  const seconds = refreshToken === undefined ? 0 : COOKIE_DAYS * 24 * 3600;
  const attributes = ['Path=/', `Max-Age=${seconds}`, 'HttpOnly', ...(isSecure() ? ['Secure'] : []), 'SameSite=Strict'];
  return { 'set-cookie': [`${cookieName(request)}=${value}`, ...attributes].join('; ') };
}

/**
 * Returns the name of the cookie. Browsers share cookies between the ports of a host, so on a laptop the name has the
 * port that the browser uses: two servers on one machine do not sign each other's users out.
 */
function cookieName(request: IncomingMessage): string {
  if (isSecure()) return '__Host-apexflow_refresh';
  return `apexflow_refresh_${/:(\d{1,5})$/.exec(request.headers.host ?? '')?.[1] ?? '80'}`;
}

/** A browser keeps a `__Host-` cookie only when it is Secure. A laptop serves HTTP. */
function isSecure(): boolean {
  return environment.isCloud || (environment.PUBLIC_URL?.startsWith('https://') ?? false);
}
