import type { IncomingMessage } from 'node:http';
import type { Database, Identity } from '../database/database.ts';
import { openDatabase } from '../database/open.ts';
import { environment } from '../environment.ts';
import { Problem } from '../errors.ts';
import { OPEN_SOCKETS, UNKNOWN_SOCKETS } from '../http/budget.ts';
import { guarded } from '../http/guarded.ts';
import { ServerResponse } from '../http/node-http.ts';
import { bearerToken, headerOf } from '../http/request-head.ts';
import type { Upgrade } from '../http/served-function.ts';
import { shutdownSignal } from '../process/shutdown.ts';
import { identify } from '../sign-in/authenticate.ts';
import { clientAddress, networkOf } from '../sign-in/client-address.ts';
import { limitCaller, refuseGuesser } from '../sign-in/rate-limit.ts';

/** Runs the checks before the handshake. A refusal is answered as problem+json, and undefined is returned. */
export async function admit<T>(
  name: string,
  { request, stream }: Upgrade,
  check: (requestId: string) => Promise<T>,
): Promise<T | undefined> {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  // Node types a connection as a stream, because it may be one of TLS.
  response.assignSocket(stream as IncomingMessage['socket']);
  response.once('finish', () => stream.end());
  let admitted: T | undefined;
  await guarded(name, request, response, async (_request, _response, requestId) => {
    admitted = await check(requestId);
    response.detachSocket(stream as IncomingMessage['socket']);
  });
  return admitted;
}

/** Who connects, as far as it is known before the handshake. */
interface Connecting {
  address: string;
  /** From the bearer token, if there is one. */
  identity: Identity | undefined;
  database: Database;
  /** Gives the place back that the connection takes from a budget. */
  release: () => void;
}

/** Returns who connects. @throws Problem 401, 403, 429, 503 */
export async function identifyConnecting(request: IncomingMessage): Promise<Connecting> {
  if (shutdownSignal.aborted) throw new Problem('not-ready', 'This server stops. Try again.', { retryAfterSeconds: 1 });
  requireOwnOrigin(request);
  const address = clientAddress(request);
  refuseGuesser(address);
  const identity = bearerToken(request) === undefined ? undefined : await identify(request, address);
  if (identity !== undefined) limitCaller(identity);
  const database = await openDatabase();
  const release =
    identity === undefined ? UNKNOWN_SOCKETS.take(networkOf(address), 1) : OPEN_SOCKETS.take(identity.subject, 1);
  return { address, identity, database, release };
}

/**
 * Rejects a request for a WebSocket from a page of another origin. Browsers send `Origin` with it and ask for no CORS
 * permission, so without this check any page could open a connection (cross-site WebSocket hijacking). A client that is
 * no browser sends no origin; it must show that with a bearer token, which a page cannot send.
 * @throws Problem 401, 403
 */
function requireOwnOrigin(request: IncomingMessage): void {
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
