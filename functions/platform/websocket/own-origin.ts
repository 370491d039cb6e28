import type { IncomingMessage } from 'node:http';
import { environment } from '../environment.ts';
import { Problem } from '../errors.ts';
import { bearerToken, headerOf } from '../http/request-head.ts';

/**
 * Rejects a request for a WebSocket from a page of another origin. Browsers send `Origin` with it and ask for no CORS
 * permission, so without this check any page could open a connection (cross-site WebSocket hijacking). A client that is
 * no browser sends no origin; it must show that with a bearer token, which a page cannot send.
 * @throws Problem 401, 403
 */
export function requireOwnOrigin(request: IncomingMessage): void {
  const origin = headerOf(request, 'origin');
  if (origin === undefined) {
    if (bearerToken(request) !== undefined) return;
    throw new Problem('unauthenticated', 'A client that is no browser must send a bearer token.');
  }
  if (isOwnOrigin(origin, request)) return;
  throw new Problem('forbidden', 'A page of another origin must not connect here.');
}

/** The host of a request was checked before (../http/served-host.ts), so its origin is ours. */
function isOwnOrigin(origin: string, request: IncomingMessage): boolean {
  const parsed = URL.parse(origin);
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) return false;
  const own = URL.parse(environment.PUBLIC_URL ?? '')?.origin;
  if (environment.isCloud) return parsed.origin === own;
  return parsed.origin === own || parsed.host === request.headers.host?.toLowerCase();
}
